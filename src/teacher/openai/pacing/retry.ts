export interface RetryPolicy {
  /** Times one request is sent in all when the network or the server fails. */
  readonly attempts: number;
  /** Wait before the first retry; doubles with each further one. Milliseconds. */
  readonly baseMs: number;
  /** Longest wait of our own choosing. Milliseconds. */
  readonly capMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 6,
  baseMs: 1000,
  capMs: 30_000,
};

/**
 * Milliseconds to wait before retry number `retry` (1-based). What the server asked for counts as the least;
 * otherwise a random half of the exponential wait, so that requests that failed together do not return together.
 * @param random - Uniform in [0, 1).
 */
export function retryDelay(
  retry: number,
  retryAfterMs: number | null,
  policy: RetryPolicy,
  random: () => number,
): number {
  const exponential = Math.min(policy.capMs, policy.baseMs * 2 ** (retry - 1));
  const jittered = exponential * (0.5 + random() / 2);
  if (retryAfterMs === null) return jittered;
  return retryAfterMs + policy.baseMs * random();
}

/**
 * Reads how long a response asks to be left alone, in milliseconds: `retry-after-ms`, or `Retry-After` as seconds
 * or as an HTTP date. Null when it does not say, or not understandably.
 * @param now - Milliseconds since 1970.
 */
export function readRetryAfter(headers: ReadonlyMap<string, string>, now: number): number | null {
  const milliseconds = readNumber(headers.get('retry-after-ms'));
  if (milliseconds !== null) return milliseconds;
  const header = headers.get('retry-after');
  const seconds = readNumber(header);
  if (seconds !== null) return seconds * 1000;
  // Date.parse alone takes almost anything for a date.
  const date = header?.trim().endsWith('GMT') ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

function readNumber(header: string | undefined): number | null {
  return header !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(header) ? Number(header) : null;
}
