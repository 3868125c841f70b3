import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SpanOutcome, SpanRequest } from '../../src/engine/scorer.js';
import { openStudent } from './fixtures/open-student.js';
import { randomRequests } from './fixtures/span-requests.js';

/** Those of odd seeds begin with the same prefixes, which may stay in the cache between them; the others with their own. */
function requestsOf(seed: number, vocabSize: number): readonly SpanRequest[] {
  const own = randomRequests(vocabSize, 120, seed);
  return seed % 2 === 0 ? own : [...randomRequests(vocabSize, 120, 1).slice(0, 12), ...own.slice(12)];
}

/** Of calls with prefixes of their own: one after another, or all at once. */
async function outcomesOf(
  seeds: readonly number[],
  { atOnce = false, contexts = 1 } = {},
): Promise<readonly (readonly SpanOutcome[])[]> {
  await using student = await openStudent({ independentCalls: true, threads: contexts, contexts });
  expect(student.engine.sharePrefixes).toBe(true);
  const score = (seed: number) => student.score(requestsOf(seed, student.model.vocabSize));
  if (atOnce) return await Promise.all(seeds.map(score));
  const all: (readonly SpanOutcome[])[] = [];
  for (const seed of seeds) all.push(await score(seed));
  return all;
}

it('what a call returns has the same bits whatever is scored before it and beside it', async () => {
  const seeds = [1, 2, 3, 4];
  const alone = new Map<number, readonly SpanOutcome[]>();
  for (const seed of seeds) alone.set(seed, (await outcomesOf([seed]))[0]!);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...seeds), { minLength: 2, maxLength: 6 }),
      fc.record({ atOnce: fc.boolean(), contexts: fc.integer({ min: 1, max: 2 }) }),
      async (order, how) => {
        expect(await outcomesOf(order, how)).toEqual(order.map((seed) => alone.get(seed)!));
      },
    ),
    { numRuns: 12 },
  );
});
