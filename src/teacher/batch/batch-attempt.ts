import { createHash } from 'node:crypto';
import { requestHash } from '../reply/request-hash.js';
import { NO_USAGE, type TeacherRequest, type Usage } from '../teacher.js';

/** A request on its way to a reply, which may take several attempts, each in a batch of its own. */
export interface BatchAttempt {
  readonly request: TeacherRequest;
  /** The request with the token limit of this attempt. */
  readonly sent: TeacherRequest;
  readonly id: string;
  /** The ids of earlier attempts. */
  readonly earlier: readonly string[];
  /** Of earlier attempts. */
  readonly usage: Usage;
}

export function firstAttempt(teacherId: string, request: TeacherRequest): BatchAttempt {
  const id = requestId(teacherId, request);
  return { request, sent: request, id, earlier: [], usage: NO_USAGE };
}

/** The attempt again, after a reply that was cut off, with twice the tokens. */
export function longerAttempt(teacherId: string, attempt: BatchAttempt, usage: Usage): BatchAttempt {
  const { request, sent, id, earlier } = attempt;
  const longer = { ...sent, maxTokens: sent.maxTokens * 2 };
  return {
    ...{ request, sent: longer, usage },
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
