import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SpanOutcome } from '../../src/engine/scorer.js';
import { openStudent } from './fixtures/open-student.js';
import { randomRequests } from './fixtures/span-requests.js';

/** Of one seed after another, all with prefixes of their own. */
async function outcomesOf(seeds: readonly number[]): Promise<readonly (readonly SpanOutcome[])[]> {
  await using student = await openStudent({ independentCalls: true });
  expect(student.engine.sharePrefixes).toBe(true);
  const all: (readonly SpanOutcome[])[] = [];
  for (const seed of seeds) {
    all.push(await student.score(randomRequests(student.model.vocabSize, 120, seed)));
  }
  return all;
}

it('what a call returns has the same bits whatever was scored before', async () => {
  const seeds = [1, 2, 3, 4];
  const alone = new Map<number, readonly SpanOutcome[]>();
  for (const seed of seeds) alone.set(seed, (await outcomesOf([seed]))[0]!);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...seeds), { minLength: 2, maxLength: 6 }), async (order) => {
      expect(await outcomesOf(order)).toEqual(order.map((seed) => alone.get(seed)!));
    }),
    { numRuns: 8 },
  );
});
