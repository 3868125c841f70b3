import type { OnNotice } from '../notice.js';
import { limitOf } from '../openai/chat/chat-body.js';
import { RETRYABLE_FAULTS } from '../openai/chat/chat-fault.js';
import type { DialectBody } from '../openai/chat/dialect.js';
import { readTokenCap } from '../openai/chat/read-token-cap.js';
import type { Reservation } from '../openai/pacing/budget.js';
import { type Price, type TokenCounts, usageOf } from '../openai/pacing/token-counts.js';
import type { ServerChat } from '../openai/server-chat.js';
import { addUsage, NO_USAGE, type TeacherReply } from '../teacher.js';
import { anotherAttempt, type BatchAttempt, longerAttempt, shorterAttempt } from './batch-attempt.js';
import { type BatchResult, countsOf, judgeResult, outcomeOf } from './batch-result.js';

/** An attempt that is in a batch. */
export interface UnderWay {
  readonly attempt: BatchAttempt;
  readonly laidOut: DialectBody;
  readonly most: TokenCounts;
  /** Set aside for it in the budget. */
  readonly room: Reservation;
}

export interface SettlingParts {
  readonly chat: ServerChat;
  readonly model: string;
  readonly teacherId: string;
  /** Times a reply that was cut off is asked for anew. */
  readonly doublings: number;
  readonly price: Price | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly notify: OnNotice;
}

/** What comes of an attempt: its reply, or the attempt to make in its place. */
export type Settled =
  | { readonly kind: 'reply'; readonly reply: TeacherReply }
  | { readonly kind: 'again'; readonly attempt: BatchAttempt };

/** Times a request that failed in passing is put again. */
const MOST_REPEATS = 2;

/** Makes of a batch's result what it comes to. @param status - How the batch ended, in the provider's word. */
export function settleAttempt(
  { attempt, laidOut, most, room }: UnderWay,
  result: BatchResult = { requestId: attempt.id, response: null, said: '' },
  status: string,
  { chat, model, teacherId, doublings, price, now, notify }: SettlingParts,
): Settled {
  const { redact } = chat.server;
  const outcome = outcomeOf(result, now, redact);
  const counts = countsOf(outcome, most);
  room.settle(counts);
  const took = outcome?.kind === 'reply' ? usageOf(counts, price, outcome.counts === null) : NO_USAGE;
  const usage = addUsage(attempt.usage, took);
  const limit = limitOf(laidOut.body);
  if (outcome?.kind === 'reply') chat.learn(outcome);
  else if (outcome !== undefined) {
    const { fault } = outcome;
    const cap = readTokenCap(fault.said, limit);
    if (cap?.reach === 'this') return again(shorterAttempt(teacherId, attempt, cap.tokens));
    if (RETRYABLE_FAULTS.has(fault.kind) && attempt.earlier.length < MOST_REPEATS) {
      notify({ kind: 'waiting', because: 'retry', milliseconds: 0, detail: fault.detail });
      return again(anotherAttempt(teacherId, attempt));
    }
    if (chat.adapt(fault, laidOut.body)) return again(anotherAttempt(teacherId, attempt));
  }
  const format = chat.dialect!.format;
  const retries = attempt.earlier.length;
  const reply = judgeResult({
    ...{ outcome, status, said: redact(result.said) },
    ...{ schema: attempt.request.schema, layout: laidOut.layout, limit },
    facts: { model, usage, retries, milliseconds: 0, format },
  });
  const longer = longerAttempt(teacherId, attempt, usage);
  const isCutOff = reply.kind === 'failed' && reply.reason === 'truncated';
  const isMore = limitOf(layOut(chat, longer).body) > limit;
  return isCutOff && isMore && attempt.doublings < doublings ? again(longer) : { kind: 'reply', reply };
}

function again(attempt: BatchAttempt): Settled {
  return { kind: 'again', attempt };
}

/** An attempt as it is put into a batch, which has its replies as a whole. */
export function layOut(chat: ServerChat, { sent, room }: BatchAttempt): DialectBody {
  const laidOut = chat.body(sent, Math.min(chat.replyTokens(sent), room));
  const { stream: _, stream_options: __, ...body } = laidOut.body;
  return { ...laidOut, body };
}
