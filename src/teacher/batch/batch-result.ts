import { isJsonObject, type JsonObject } from '../../util/json-value.js';
import { countOrNull, textOrNull } from '../openai/chat/absent.js';
import { faultOfResponse } from '../openai/chat/chat-fault.js';
import type { ChatOutcome } from '../openai/chat/chat-outcome.js';
import { errorWordsIn } from '../openai/chat/error-words.js';
import { judgeOutcome, type ReplyExpectation } from '../openai/chat/judge-reply.js';
import { readCompletion } from '../openai/chat/read-completion.js';
import type { Redact } from '../openai/connection/secrets.js';
import type { TokenCounts } from '../openai/pacing/token-counts.js';
import { NO_USAGE, type TeacherReply } from '../teacher.js';

/** A line of a batch's output. */
export interface BatchResult {
  readonly requestId: string;
  /** Null when the request never got to the model. */
  readonly response: JsonObject | null;
  /** What the provider says of that; empty when it says nothing. */
  readonly said: string;
}

/** Undefined for what is no such line. */
export function parseBatchResult(value: unknown): BatchResult | undefined {
  const requestId = isJsonObject(value) ? textOrNull(value.custom_id) : null;
  if (!isJsonObject(value) || requestId === null) return undefined;
  const response =
    isJsonObject(value.response) && Object.keys(value.response).length > 0 ? value.response : null;
  const { message, codes } = errorWordsIn(value.error);
  return { requestId, response, said: message === '' ? codes : message };
}

/** What a result says; undefined when the request never got to the model. */
export function outcomeOf(
  { response }: Pick<BatchResult, 'response'>,
  now: number,
  redact: Redact,
): ChatOutcome | undefined {
  if (response === null) return undefined;
  // Where there is no status, the body tells by itself.
  const status = countOrNull(Number(response.status_code)) ?? 200;
  const body = 'body' in response ? response.body : response;
  if (status >= 200 && status < 300) return readCompletion(body, redact);
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  return { kind: 'fault', fault: faultOfResponse({ status, headers: new Map(), text }, now, redact) };
}

/** What a request took: all it may have taken where the server does not count, nothing where it failed. */
export function countsOf(outcome: ChatOutcome | undefined, most: TokenCounts): TokenCounts {
  return outcome?.kind === 'reply' ? (outcome.counts ?? most) : NO_USAGE;
}

export interface BatchVerdictParts extends ReplyExpectation {
  readonly outcome: ChatOutcome | undefined;
  /** What the provider says of a request that never got to the model, secrets blotted out. */
  readonly said: string;
  /** How the batch ended. */
  readonly status: string;
}

export function judgeResult({ outcome, said, status, ...expected }: BatchVerdictParts): TeacherReply {
  if (outcome !== undefined) return judgeOutcome(outcome, expected);
  const detail = said === '' ? `The batch is ${status}, without a reply to this request.` : said;
  const reason = status === 'expired' ? 'timeout' : 'server_error';
  return { ...expected.facts, kind: 'failed', reason, detail, rawText: null };
}
