import { readDuration } from './duration.js';

/** What is counted, and the names under which servers tell of it, the most telling first. */
const COUNTED = [
  { remaining: 'x-ratelimit-remaining-requests', reset: 'x-ratelimit-reset-requests' },
  { remaining: 'x-ratelimit-remaining-tokens', reset: 'x-ratelimit-reset-tokens' },
  { remaining: 'anthropic-ratelimit-requests-remaining', reset: 'anthropic-ratelimit-requests-reset' },
  { remaining: 'anthropic-ratelimit-tokens-remaining', reset: 'anthropic-ratelimit-tokens-reset' },
  { remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset' },
  { remaining: 'ratelimit-remaining', reset: 'ratelimit-reset' },
] as const;

/**
 * How long a server's headers say that nothing is left for, in milliseconds; null when something is left, or they do not
 * say.
 * @param now - Milliseconds since 1970, to read dates by.
 */
export function waitByLimits(headers: ReadonlyMap<string, string>, now: number): number | null {
  const waits = COUNTED.flatMap(({ remaining, reset }) => {
    const left = headers.get(remaining);
    const until = headers.get(reset);
    if (left === undefined || until === undefined || Number(left) !== 0) return [];
    return readReset(until, now) ?? [];
  });
  return waits.length === 0 ? null : Math.max(...waits);
}

/** Epochs are told from lengths of time by their size. */
const LEAST_EPOCH_SECONDS = 1e9;
const LEAST_EPOCH_MS = 1e12;

/** Seconds, seconds or milliseconds since 1970, a date, or a length of time with units. */
function readReset(text: string, now: number): number | null {
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (number >= LEAST_EPOCH_MS) return Math.max(0, number - now);
  if (number >= LEAST_EPOCH_SECONDS) return Math.max(0, number * 1000 - now);
  if (number >= 0) return number * 1000;
  const date = /^\d{4}-\d\d-\d\dT|GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? readDuration(text) : Math.max(0, date - now);
}
