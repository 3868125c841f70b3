import { readDuration } from './duration.js';

/** What is counted, and the names under which servers tell of it, the most telling first. */
const COUNTED = [
  xRateLimit('requests'),
  xRateLimit('tokens'),
  anthropic('requests'),
  anthropic('tokens'),
  withPrefix('x-ratelimit'),
  withPrefix('ratelimit'),
] as const;

interface Counted {
  readonly of: ReportedLimit['of'];
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

function xRateLimit(of: 'requests' | 'tokens'): Counted {
  const name = (part: string) => `x-ratelimit-${part}-${of}`;
  return { of, limit: name('limit'), remaining: name('remaining'), reset: name('reset') };
}

function anthropic(of: 'requests' | 'tokens'): Counted {
  return withPrefix(`anthropic-ratelimit-${of}`, of);
}

function withPrefix(prefix: string, of: ReportedLimit['of'] = 'requests'): Counted {
  return { of, limit: `${prefix}-limit`, remaining: `${prefix}-remaining`, reset: `${prefix}-reset` };
}

/** A limit that a server's headers tell of. */
export interface ReportedLimit {
  readonly of: 'requests' | 'tokens';
  /** In whatever time it holds for; null where that is not said. */
  readonly limit: number | null;
  readonly remaining: number;
}

/** The limits that a server's headers tell of, each once. */
export function reportedLimits(headers: ReadonlyMap<string, string>): readonly ReportedLimit[] {
  const told = new Map<ReportedLimit['of'], ReportedLimit>();
  for (const { of, limit, remaining } of COUNTED) {
    const left = countIn(headers.get(remaining));
    if (left === null || told.has(of)) continue;
    told.set(of, { of, limit: countIn(headers.get(limit)), remaining: left });
  }
  return [...told.values()];
}

function countIn(text: string | undefined): number | null {
  const count = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return count >= 0 ? count : null;
}

/**
 * How long a server's headers say that nothing is left for, in milliseconds; null when something is left, or they do not
 * say.
 * @param now - Milliseconds since 1970, to read dates by.
 */
export function waitByLimits(headers: ReadonlyMap<string, string>, now: number): number | null {
  const waits = COUNTED.flatMap(({ remaining, reset }) => {
    const until = headers.get(reset);
    if (until === undefined || countIn(headers.get(remaining)) !== 0) return [];
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
