import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RETRY, readRetryAfter, retryDelay } from '../../../../src/teacher/openai/pacing/retry.js';

const NOW = Date.UTC(2030, 0, 1, 12, 0, 0);

describe('readRetryAfter', () => {
  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Tue, 01 Jan 2030 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Tue, 01 Jan 2030 11:00:00 GMT' }, 0],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-3' }, null],
    [{}, null],
  ])('reads %j', (headers, expected) => {
    expect(readRetryAfter(new Map(Object.entries(headers)), NOW)).toBe(expected);
  });
});

describe('retryDelay', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('grows, is jittered by half, and never exceeds the cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), random, (retry, chance) => {
        const delay = retryDelay(retry, null, DEFAULT_RETRY, () => chance);
        const full = Math.min(DEFAULT_RETRY.capMs, DEFAULT_RETRY.baseMs * 2 ** (retry - 1));
        expect(delay).toBeGreaterThanOrEqual(full / 2);
        expect(delay).toBeLessThanOrEqual(full);
      }),
    );
  });

  it('waits as long as the server asks, and a little longer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), random, (asked, chance) => {
        const delay = retryDelay(1, asked, DEFAULT_RETRY, () => chance);
        expect(delay).toBeGreaterThanOrEqual(asked);
        expect(delay).toBeLessThanOrEqual(asked + DEFAULT_RETRY.baseMs);
      }),
    );
  });
});
