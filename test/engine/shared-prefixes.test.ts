import { describe, expect, it } from 'vitest';
import { largestDifference, lossesOf } from './fixtures/losses.js';
import { openStudent } from './fixtures/open-student.js';
import { randomTokens } from './fixtures/span-requests.js';

const VOCABULARY = 4096;

/** Sequences of 60 tokens, the first 50 of them common, the last 10 to be scored. */
function family(seed: number, members: number) {
  const prefix = randomTokens(VOCABULARY, 50, seed);
  return Array.from({ length: members }, (_, i) => {
    const tokens = Int32Array.from([...prefix, ...randomTokens(VOCABULARY, 10, 100 * seed + i)]);
    return { tokens, begin: prefix.length, end: tokens.length };
  });
}

describe('shared prefixes', () => {
  it('are decoded once, in one call and from call to call', async () => {
    await using student = await openStudent();
    await student.score(family(1, 8));
    const first = student.stats().decodedTokens;
    expect(first).toBeLessThanOrEqual(50 + 8 * 10);
    await student.score(family(1, 8));
    expect(student.stats().decodedTokens - first).toBeLessThanOrEqual(8 * 10);
  });

  it('are decoded with every sequence when sharing is off', async () => {
    await using student = await openStudent({ sharePrefixes: false });
    expect(student.engine.shareReason).toBe('switched off');
    await student.score(family(1, 8));
    expect(student.stats().decodedTokens).toBe(8 * 59);
  });

  it.each(['plain', 'chunked', 'sampler'] as const)('may change from call to call, %s head', async (head) => {
    await using student = await openStudent({ head, precision: 'precise' });
    await using apart = await openStudent({ head: 'plain', precision: 'precise', sharePrefixes: false });
    for (const seed of [1, 2, 1, 3]) {
      const requests = family(seed, 6);
      const difference = largestDifference(
        await lossesOf(student, requests),
        await lossesOf(apart, requests),
      );
      expect(difference).toBeLessThanOrEqual(1e-4);
    }
    expect(student.stats().decodedTokens).toBeLessThan(apart.stats().decodedTokens / 1.5);
  });

  it('may hold part of what others score', async () => {
    const tokens = randomTokens(VOCABULARY, 40, 9);
    const requests = [
      { tokens, begin: 1, end: 40 },
      { tokens, begin: 20, end: 40 },
      { tokens, begin: 39, end: 40 },
      { tokens: tokens.slice(0, 25), begin: 1, end: 25 },
      { tokens, begin: 1, end: 40 },
      ...family(4, 4),
    ];
    await using together = await openStudent({ precision: 'precise' });
    await using apart = await openStudent({ precision: 'precise', sharePrefixes: false });
    const difference = largestDifference(await lossesOf(together, requests), await lossesOf(apart, requests));
    expect(difference).toBeLessThanOrEqual(1e-4);
  });
});
