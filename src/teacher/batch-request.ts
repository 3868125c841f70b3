import { createHash } from 'node:crypto';
import { requestHash } from './request-hash.js';
import { NO_USAGE, type TeacherRequest, type Usage } from './teacher.js';

/** A request on its way to a reply, which may take several attempts, each in a batch of its own. */
export interface BatchErrand {
  readonly request: TeacherRequest;
  /** The request with the token limit of this attempt. */
  readonly attempt: TeacherRequest;
  readonly id: string;
  /** The ids of earlier attempts. */
  readonly earlier: readonly string[];
  /** Of earlier attempts. */
  readonly usage: Usage;
}

export function firstErrand(teacherId: string, request: TeacherRequest): BatchErrand {
  const id = requestId(teacherId, request);
  return { request, attempt: request, id, earlier: [], usage: NO_USAGE };
}

/** The errand again, after a reply that was cut off, with twice the tokens. */
export function longerErrand(teacherId: string, errand: BatchErrand, usage: Usage): BatchErrand {
  const { request, attempt, id, earlier } = errand;
  const longer = { ...attempt, maxTokens: attempt.maxTokens * 2 };
  return {
    ...{ request, attempt: longer, usage },
    ...{ id: requestId(teacherId, longer), earlier: [...earlier, id] },
  };
}

/** The line of a batch's input that is one request. */
export function batchLine(id: string, body: object): string {
  return JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body });
}

/** Identifies a request among all that were ever handed in. */
function requestId(teacherId: string, request: TeacherRequest): string {
  const parts = [teacherId, request.key, requestHash(request)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}
