import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topOverlap } from '../../src/comparison/top-overlap.js';

const overlapOf = (a: readonly number[], b: readonly number[], percent: number) =>
  topOverlap(Float64Array.from(a), Float64Array.from(b), percent);

/** Rows of the highest values below 1, chosen one at a time. */
function chooseNaively(ifd: readonly number[], places: number): Set<number> {
  const chosen = new Set<number>();
  while (chosen.size < places) {
    let best: number | undefined;
    for (const [row, value] of ifd.entries()) {
      if (value < 1 && !chosen.has(row) && (best === undefined || value > ifd[best]!)) best = row;
    }
    if (best === undefined) break;
    chosen.add(best);
  }
  return chosen;
}

describe('topOverlap', () => {
  it('is the overlap of two choices made one row at a time', () => {
    const ifd = fc.oneof(fc.double({ min: 0, max: 1.5, noNaN: true }), fc.constantFrom(0.25, 0.5, 1, 1.25));
    const rows = fc.array(fc.tuple(ifd, ifd), { maxLength: 40 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 100 }), (pairs, percent) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        const result = overlapOf(a, b, percent);
        const places = Math.floor((percent * pairs.length) / 100);
        const [chosenA, chosenB] = [chooseNaively(a, places), chooseNaively(b, places)];
        const shared = [...chosenA].filter((row) => chosenB.has(row)).length;
        const larger = Math.max(chosenA.size, chosenB.size);
        expect(result).toMatchObject({ places, chosen: [chosenA.size, chosenB.size], shared });
        expect(result.overlap).toBe(larger === 0 ? undefined : shared / larger);
        const differing = [...a.keys()].filter((row) => chosenA.has(row) !== chosenB.has(row)).length;
        expect(result.differing * pairs.length).toBeCloseTo(differing, 9);
      }),
    );
  });

  it('chooses nobody at or above 1, and so may choose fewer', () => {
    expect(overlapOf([1, 0.9, 2, 0.1], [0.5, 0.9, 0.2, 0.1], 75)).toMatchObject({
      places: 3,
      chosen: [2, 3],
      shared: 1,
      overlap: 1 / 3,
      differing: 3 / 4,
    });
  });

  it('does not lose a row to rounding', () => {
    const ifd = Array.from({ length: 20 }, (_, i) => i / 20);
    expect(overlapOf(ifd, ifd, 15)).toMatchObject({ places: 3, overlap: 1, differing: 0 });
  });

  it('has no overlap where nobody is chosen', () => {
    expect(overlapOf([2, 2], [2, 2], 50)).toMatchObject({ overlap: undefined, differing: 0 });
    expect(overlapOf([], [], 50)).toMatchObject({ overlap: undefined, differing: 0 });
  });
});
