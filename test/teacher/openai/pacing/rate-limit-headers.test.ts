import { describe, expect, it } from 'vitest';
import { readDuration } from '../../../../src/teacher/openai/pacing/duration.js';
import { reportedLimits, waitByLimits } from '../../../../src/teacher/openai/pacing/rate-limit-headers.js';

const NOW = Date.UTC(2030, 0, 1);
const headers = (given: Record<string, string>) => new Map(Object.entries(given));

describe('a length of time', () => {
  it.each([
    ['6m0s', 360_000],
    ['1.5s', 1500],
    ['20ms', 20],
    ['1h2m3s', 3_723_000],
    ['20 seconds', 20_000],
    ['2 minutes', 120_000],
    ['soon', null],
    ['', null],
  ])('%j is %s ms', (text, ms) => expect(readDuration(text)).toBe(ms));
});

describe('the limits of a server', () => {
  it.each([
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '12ms' }, 12],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1m30s' }, 90_000],
    [{ 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '1m30s' }, null],
    [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '7' }, 7000],
    [
      {
        ...{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1s' },
        ...{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '3s' },
      },
      3000,
    ],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 4000) }, 4000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 5) }, 5000],
    [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW - 4000) }, 0],
    [
      {
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2030-01-01T00:00:09Z',
      },
      9000,
    ],
    [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '11' }, 11_000],
    [{ 'x-ratelimit-remaining-requests': '', 'x-ratelimit-reset-requests': '9s' }, null],
    [{ 'x-ratelimit-remaining-requests': '0' }, null],
    [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': 'tomorrow' }, null],
    [{}, null],
  ])('%j ask for a wait of %s ms', (given, ms) => {
    expect(waitByLimits(headers(given as unknown as Record<string, string>), NOW)).toBe(ms);
  });

  it('are told by what they count, each once', () => {
    expect(
      reportedLimits(
        headers({
          ...{ 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '59' },
          ...{ 'x-ratelimit-remaining-tokens': '90000', 'x-ratelimit-remaining': '1' },
        }),
      ),
    ).toEqual([
      { of: 'requests', limit: 60, remaining: 59 },
      { of: 'tokens', limit: null, remaining: 90_000 },
    ]);
    expect(reportedLimits(headers({ 'x-ratelimit-remaining-requests': '', 'retry-after': '3' }))).toEqual([]);
  });
});
