import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitBatches } from '../../../src/teacher/batch/split-batches.js';

describe('batches', () => {
  it('stay within both limits, as few of them as that takes, and lose and reorder nothing', () => {
    const lines = fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 50 });
    const limits = fc.record({
      requests: fc.integer({ min: 1, max: 10 }),
      bytes: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(lines, limits, (lines, limits) => {
        const requests = lines.map((line) => ({ line }));
        const batches = [...splitBatches(requests, limits)];
        expect(batches.flat()).toEqual(requests);
        const fits = (batch: readonly { readonly line: string }[]) =>
          batch.length <= limits.requests &&
          Buffer.byteLength(batch.map(({ line }) => `${line}\n`).join('')) <= limits.bytes;
        for (const [i, batch] of batches.entries()) {
          expect(fits(batch) || batch.length === 1).toBe(true);
          const next = batches[i + 1];
          if (next !== undefined) expect(fits([...batch, next[0]!])).toBe(false);
        }
      }),
    );
  });
});
