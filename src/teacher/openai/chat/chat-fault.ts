import { APIError } from 'openai';
import { isJsonObject } from '../../../util/json-value.js';
import type { Redact } from '../connection/api-key.js';
import { BodyTooLargeError } from '../connection/bounded-fetch.js';
import { causeChain, redactError } from '../connection/redact-error.js';
import { readRetryAfter } from '../pacing/retry.js';

/** What can come back instead of a reply. */
export const FAULT_KINDS = [
  /** Status 401 or 403: the key. */
  'unauthorized',
  /** Status 404: the model, or the address. */
  'not_found',
  /** The account has nothing left to spend; waiting does not help. */
  'quota',
  'context_too_long',
  /** A content filter turned the request away. */
  'refused',
  /** Any other status of 400 to 499: something about this request. */
  'bad_request',
  'rate_limited',
  /** Status 500 and up, or a body that is no chat completion. */
  'server',
  /** No connection, or one that broke. */
  'connection',
  'timeout',
  /** The body did not end. */
  'too_large',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What may go well at the next attempt. */
export const RETRYABLE_FAULTS: ReadonlySet<FaultKind> = new Set(['rate_limited', 'server', 'connection']);

export interface ChatFault {
  readonly kind: FaultKind;
  /** One sentence, with what the server said, secrets blotted out. */
  readonly detail: string;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** True when the server may have worked, and charge, for a reply that did not arrive. */
  readonly mayHaveCost: boolean;
  /** What was thrown, if anything was, secrets blotted out. */
  readonly cause?: Error | undefined;
}

const MAX_MESSAGE_CHARACTERS = 500;

/**
 * Sorts what a call to the server threw.
 * @param now - Milliseconds since 1970, to read dates in headers by.
 */
export function classifyFault(error: unknown, now: number, redact: Redact): ChatFault {
  const cause = redactError(error, redact);
  const describe = (text: string) => asSentence(redact(text));
  if (error instanceof APIError && error.status !== undefined) {
    const said = serverMessage(error);
    const kind = faultOfStatus(error.status, `${error.code ?? ''} ${error.type ?? ''} ${said}`);
    return {
      kind,
      detail: describe(`The server answered with status ${error.status}: ${said}`),
      retryAfterMs: error.headers === undefined ? null : readRetryAfter(error.headers, now),
      mayHaveCost: false,
      cause,
    };
  }
  const causes = causeChain(error);
  const because = describe(
    causes.map(({ message }) => message).findLast((message) => message !== '') ?? String(error),
  );
  const hasCode = (codes: ReadonlySet<string>) =>
    causes.some((cause) => 'code' in cause && codes.has(String(cause.code)));
  if (causes.some((cause) => cause instanceof BodyTooLargeError))
    return withoutReply('too_large', because, cause);
  if (error instanceof SyntaxError)
    return withoutReply('server', `The response is no valid JSON: ${because}`, cause);
  if (hasCode(TIMED_OUT)) return withoutReply('timeout', `The server took too long: ${because}`, cause);
  const connection = withoutReply('connection', `The connection failed: ${because}`, cause);
  return hasCode(NEVER_SENT) ? { ...connection, mayHaveCost: false } : connection;
}

/** Closed with a full stop, where a server's words have no end of their own. */
function asSentence(text: string): string {
  const short =
    text.length > MAX_MESSAGE_CHARACTERS ? `${text.slice(0, MAX_MESSAGE_CHARACTERS)}…` : text.trim();
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

export function withoutReply(kind: FaultKind, detail: string, cause?: Error): ChatFault {
  return { kind, detail, retryAfterMs: null, mayHaveCost: true, cause };
}

/** System errors after which the server cannot have seen the request. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Node's own limits on waiting for headers and body. */
const TIMED_OUT: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

function faultOfStatus(status: number, said: string): FaultKind {
  if ((status === 400 || status === 403) && /content[_ ](?:filter|policy)|moderation/i.test(said))
    return 'refused';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404) return 'not_found';
  if (status === 402 || /insufficient_quota|billing_hard_limit/i.test(said)) return 'quota';
  if (status === 429) return 'rate_limited';
  if (status === 408 || status === 409 || status >= 500) return 'server';
  if (/context[_ ](?:length|size|window)|maximum context|too many tokens|prompt is too long/i.test(said)) {
    return 'context_too_long';
  }
  return 'bad_request';
}

/** The message of an error body, whatever its shape; for one that has none, the body. */
function serverMessage(error: APIError): string {
  const body: unknown = error.error;
  if (isJsonObject(body) && typeof body.message === 'string') return body.message;
  if (typeof body === 'string') return body;
  return body === undefined || body === null ? error.message : JSON.stringify(body);
}
