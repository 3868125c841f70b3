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
  /** Of the earlier ones, those that were cut off and are put again with more tokens. */
  readonly doublings: number;
  /** What the request's own prompt leaves to its reply, in tokens, as far as that is known. */
  readonly room: number;
  /** Of earlier attempts. */
  readonly usage: Usage;
}

export function firstAttempt(teacherId: string, request: TeacherRequest): BatchAttempt {
  const id = requestId(teacherId, request);
  const room = Number.POSITIVE_INFINITY;
  return { request, sent: request, id, earlier: [], doublings: 0, room, usage: NO_USAGE };
}

/** The attempt again, after a reply that was cut off, with twice the tokens. */
export function longerAttempt(teacherId: string, attempt: BatchAttempt, usage: Usage): BatchAttempt {
  const { sent, doublings, id, earlier } = attempt;
  const longer = { ...sent, maxTokens: sent.maxTokens * 2 };
  return {
    ...attempt,
    ...{ sent: longer, usage, doublings: doublings + 1 },
    ...{ id: requestId(teacherId, longer), earlier: [...earlier, id] },
  };
}

/** The attempt again, with the tokens that its prompt leaves to a reply. */
export function shorterAttempt(teacherId: string, attempt: BatchAttempt, room: number): BatchAttempt {
  return { ...anotherAttempt(teacherId, attempt), room };
}

/** The attempt again, after a failure that need not repeat itself. */
export function anotherAttempt(teacherId: string, attempt: BatchAttempt): BatchAttempt {
  const { sent, id, earlier } = attempt;
  const before = [...earlier, id];
  return { ...attempt, id: requestId(teacherId, sent, before.length), earlier: before };
}

/** The line of a batch's input that is one request. */
export function batchLine(id: string, url: string, body: object): string {
  return JSON.stringify({ custom_id: id, method: 'POST', url, body });
}

/** Identifies a request among all that were ever handed in. */
function requestId(teacherId: string, request: TeacherRequest, ...attempt: readonly number[]): string {
  const parts = [teacherId, request.key, requestHash(request), ...attempt];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}
