import { BodyTooLargeError } from '../connection/body-too-large.js';
import { causeChain, redactError } from '../connection/redact-error.js';
import type { Redact } from '../connection/secrets.js';
import { readDuration } from '../pacing/duration.js';
import { waitByLimits } from '../pacing/rate-limit-headers.js';
import { readRetryAfter } from '../pacing/retry.js';
import { type ErrorWords, htmlTitle, readErrorWords } from './error-words.js';

/** What can come back instead of a reply. */
export const FAULT_KINDS = [
  /** The key is missing, wrong, or not good for this. */
  'unauthorized',
  /** The model, or the address: status 404, or words that say so. */
  'not_found',
  /** What answers is no server of this protocol. */
  'not_a_server',
  /** The account has nothing left to spend; waiting does not help. */
  'quota',
  'context_too_long',
  /** A content filter turned the request away. */
  'refused',
  /** Any other status of 400 to 499: something about this request. */
  'bad_request',
  'rate_limited',
  /** The server is there, but its model not yet. */
  'loading',
  /** There is no room for it beside the other requests. */
  'crowded',
  /** Status 500 and up, or a body that is no chat completion. */
  'server',
  /** Its certificate is none that counts here. */
  'untrusted',
  /** No connection, or one that broke. */
  'connection',
  'timeout',
  /** The body did not end. */
  'too_large',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What may go well at the next attempt. */
export const RETRYABLE_FAULTS: ReadonlySet<FaultKind> = new Set([
  'rate_limited',
  'loading',
  'crowded',
  'server',
  'connection',
]);

export interface ChatFault {
  readonly kind: FaultKind;
  /** One sentence, with what the server said, secrets blotted out. */
  readonly detail: string;
  /** The server's own words, codes included, secrets blotted out; empty when it said nothing. */
  readonly said: string;
  /** The HTTP status, be it of the response or in its body; null where there was none. */
  readonly status: number | null;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** True when the server may have worked, and charge, for a reply that did not arrive. */
  readonly mayHaveCost: boolean;
  /** What was thrown, if anything was, secrets blotted out. */
  readonly cause?: Error | undefined;
}

/** A response that is no success. */
export interface FailedResponse {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** Sorts what a server answered in place of a reply. @param now - Milliseconds since 1970, to read dates by. */
export function faultOfResponse(
  { status, headers, text }: FailedResponse,
  now: number,
  redact: Redact,
): ChatFault {
  if (status >= 300 && status < 400) {
    return { ...notAServer(`a redirection to ${headers.get('location') ?? 'nowhere'}`, redact), status };
  }
  const words = readErrorWords(text);
  const fault = faultOfWords(words, status, redact);
  const isPage = htmlTitle(text) !== undefined;
  return {
    ...fault,
    // A page names no model: it is the address that is wrong.
    ...(isPage && status === 404 && { kind: 'not_a_server' as const }),
    retryAfterMs:
      readRetryAfter(headers, now) ?? waitIn(text.slice(0, LONGEST_LOOK)) ?? waitByLimits(headers, now),
  };
}

/** Sorts an error by its words and status; the status that the words name where there is no other. */
export function faultOfWords(words: ErrorWords, status: number | null, redact: Redact): ChatFault {
  const said = redact(`${words.codes} ${words.message}`.trim());
  const number = status ?? words.status;
  const message = redact(words.message === '' ? words.codes : words.message);
  const what = number === null ? 'an error' : `status ${number}`;
  return {
    kind: kindOf(number, said),
    detail:
      message === ''
        ? `The server answered with ${what} and no word of why.`
        : asSentence(`The server answered with ${what}: ${message}`),
    said,
    status: number,
    retryAfterMs: waitIn(said),
    mayHaveCost: false,
  };
}

/** @param what - What came in place of an answer. */
export function notAServer(what: string, redact: Redact): ChatFault {
  return { ...withoutReply('not_a_server', redact(`The address answers with ${what}.`)), mayHaveCost: false };
}

/** Sorts what a request threw. */
export function faultOfError(error: unknown, redact: Redact): ChatFault {
  const cause = redactError(error, redact);
  const causes = causeChain(error);
  const because = asSentence(
    redact(causes.map(({ message }) => message).findLast((message) => message !== '') ?? String(error)),
  );
  const hasCode = (codes: ReadonlySet<string>) =>
    causes.some((cause) => 'code' in cause && codes.has(String(cause.code)));
  if (causes.some((cause) => cause instanceof BodyTooLargeError))
    return withoutReply('too_large', because, cause);
  const connection = withoutReply('connection', `The connection failed: ${because}`, cause);
  if (hasCode(UNTRUSTED)) return { ...connection, kind: 'untrusted', mayHaveCost: false };
  return hasCode(NEVER_SENT) ? { ...connection, mayHaveCost: false } : connection;
}

export function withoutReply(kind: FaultKind, detail: string, cause?: Error): ChatFault {
  return { kind, detail, said: '', status: null, retryAfterMs: null, mayHaveCost: true, cause };
}

/** System errors after which the server cannot have seen the request. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'],
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Those of a certificate, for which nothing but another one, or more trust, will help. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_UNTRUSTED', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
]);

const FILTERED = /content[_ ](?:filter|policy)|responsible ?ai|moderation|flagged|safety[_ ]/i;
const SPENT =
  /insufficient[_ ](?:\w+[_ ])?(?:quota|credits?|balance|funds)|billing_hard_limit|credit balance is too low|out of credits|payment required/i;
const LOADING =
  /(?:still |currently |is )?(?:loading|warming up|starting up|being (?:loaded|pulled))|not (?:yet )?(?:ready|loaded)|no healthy upstream/i;
/** llama.cpp, whose slots share a context and fail together; Ollama; SGLang. */
const CROWDED = /context size has been exceeded|maximum pending requests|queue is full/i;
const TOO_LONG =
  /context[_ ](?:length|size|window)|maximum context|too many tokens|prompt is too long|input is too long/i;
const BAD_KEY =
  /api[_ ]?key (?:is )?(?:not valid|invalid)|(?:invalid|incorrect|wrong)[_ ]api[_ ]?key|authentication/i;
/** Said with status 400: OpenRouter, Mistral, DeepSeek, LiteLLM, LM Studio, which may just have none loaded. */
const NO_MODEL =
  /model_not_found|invalid[ _]model\b(?! (?:param|argument|output|config))|not a valid model|no models? loaded|model (?:does )?not exist|(?:unknown|no such) model/i;
const TOO_FAST = /rate[_ ]?limit|too many requests|resource_exhausted|throttl/i;

function kindOf(status: number | null, said: string): FaultKind {
  if (status !== null && status < 500 && FILTERED.test(said)) return 'refused';
  if (status === 402 || SPENT.test(said)) return 'quota';
  if (status === 429 || (status === null && TOO_FAST.test(said))) return 'rate_limited';
  if (status === 401 || status === 403 || (status === 400 && BAD_KEY.test(said))) return 'unauthorized';
  if (status === 503 && LOADING.test(said)) return 'loading';
  if (status !== null && status >= 500 && CROWDED.test(said)) return 'crowded';
  if (
    TOO_LONG.test(said) &&
    (status === null || status === 400 || status === 413 || status === 422 || status === 500)
  ) {
    return 'context_too_long';
  }
  if (status === 404 || (status === 400 && NO_MODEL.test(said))) return 'not_found';
  if (status === null || status === 408 || status === 409 || status === 425 || status >= 500) return 'server';
  return 'bad_request';
}

/** Where in a body a time to wait is looked for. */
const LONGEST_LOOK = 4000;

/** How long an error's words ask to wait: `retry after 20 seconds`, `try again in 1m2.5s`, `"retryDelay": "31s"`. */
function waitIn(said: string): number | null {
  const asked =
    /(?:retry|try again|wait)\D{0,20}?((?:\d+(?:\.\d+)?\s*(?:ms|h|m|s|minutes?|seconds?|hours?)(?![a-z])\s*)+)/i.exec(
      said,
    );
  return asked === null ? null : readDuration(asked[1]!);
}

const MAX_MESSAGE_CHARACTERS = 500;

/** Closed with a full stop, where a server's words have no end of their own. */
export function asSentence(text: string): string {
  // Back ticks mark options in our own messages.
  const plain = text.replaceAll('`', "'").replace(/\s+/g, ' ').trim();
  const short = plain.length > MAX_MESSAGE_CHARACTERS ? `${plain.slice(0, MAX_MESSAGE_CHARACTERS)}…` : plain;
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}
