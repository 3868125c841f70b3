import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareScores } from '../../src/comparison/compare-scores.js';
import { topOverlap } from '../../src/comparison/top-overlap.js';
import { selectScored } from '../../src/select/select-scored.js';
import { ScoreColumn } from '../../src/selection/score-column.js';
import { collect } from '../helpers/collect.js';
import { missing, value } from '../selection/score-arbitraries.js';

const columnOf = (scores: readonly (number | null)[]) => {
  const column = new ScoreColumn();
  for (const score of scores) column.push(score === null ? missing() : value(score));
  return column;
};
const columnsOf = (ifd: readonly number[], rifd: readonly (number | null)[] = []) => ({
  ifd: columnOf(ifd),
  rifd: columnOf(ifd.map((_, row) => rifd[row] ?? null)),
});
const overlapOf = (a: readonly number[], b: readonly number[], percent: number) =>
  topOverlap(columnsOf(a), columnsOf(b), percent, ['ifd']);

/** Rows of the highest values below 1, chosen one at a time: so many percent of those. */
function chooseNaively(ifd: readonly number[], percent: number): Set<number> {
  const places = Math.floor((percent * ifd.filter((value) => value < 1).length) / 100);
  const chosen = new Set<number>();
  while (chosen.size < places) {
    let best: number | undefined;
    for (const [row, value] of ifd.entries()) {
      if (value < 1 && !chosen.has(row) && (best === undefined || value > ifd[best]!)) best = row;
    }
    chosen.add(best!);
  }
  return chosen;
}

describe('topOverlap', () => {
  it('is the overlap of two choices made one row at a time', () => {
    const ifd = fc.oneof(
      fc.double({ min: 0.01, max: 1.5, noNaN: true }),
      fc.constantFrom(0.25, 0.5, 1, 1.25),
    );
    const rows = fc.array(fc.tuple(ifd, ifd), { maxLength: 40 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 100 }), (pairs, percent) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        const result = overlapOf(a, b, percent);
        const [chosenA, chosenB] = [chooseNaively(a, percent), chooseNaively(b, percent)];
        const shared = [...chosenA].filter((row) => chosenB.has(row)).length;
        const larger = Math.max(chosenA.size, chosenB.size);
        expect(result).toMatchObject({ chosen: [chosenA.size, chosenB.size], shared });
        expect(result.overlap).toBe(larger === 0 ? undefined : shared / larger);
        const differing = [...a.keys()].filter((row) => chosenA.has(row) !== chosenB.has(row)).length;
        expect(result.differing * pairs.length).toBeCloseTo(differing, 9);
      }),
    );
  });

  it('takes the percentage of the rows that pass, on each side by its own scores', () => {
    expect(overlapOf([1, 0.9, 2, 0.1], [0.5, 0.9, 0.2, 0.1], 75)).toMatchObject({
      chosen: [1, 3],
      shared: 1,
      overlap: 1 / 3,
      differing: 2 / 4,
    });
  });

  it('asks for r-IFD as well where it is judged', () => {
    const a = columnsOf([0.9, 0.8, 0.7], [0.5, 1.5, null]);
    const b = columnsOf([0.9, 0.8, 0.7], [0.5, 0.5, 0.5]);
    expect(topOverlap(a, b, 100, ['ifd', 'rifd'])).toMatchObject({ chosen: [1, 3], shared: 1 });
    expect(topOverlap(a, b, 100, ['ifd'])).toMatchObject({ chosen: [3, 3], overlap: 1 });
  });

  it('does not lose a row to rounding', () => {
    const ifd = Array.from({ length: 20 }, (_, i) => (i + 1) / 21);
    expect(overlapOf(ifd, ifd, 15)).toMatchObject({ chosen: [3, 3], overlap: 1, differing: 0 });
  });

  it('has no overlap where nobody is chosen', () => {
    expect(overlapOf([2, 2], [2, 2], 50)).toMatchObject({ overlap: undefined, differing: 0 });
    expect(overlapOf([], [], 50)).toMatchObject({ overlap: undefined, differing: 0 });
  });
});

describe('the top of a comparison', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'top-overlap-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('is what `select --top` takes of either file', async () => {
    const score = fc.oneof(fc.double({ min: 0.1, max: 1.2, noNaN: true }), fc.constantFrom(0.5, 1));
    const rifd = fc.option(score, { freq: 8 });
    const rows = fc.array(fc.tuple(score, score, rifd, rifd), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const files = await Promise.all(
          [0, 1].map(async (side) => {
            const file = join(directory, `${side}.jsonl`);
            const lines = all.map((row, i) =>
              JSON.stringify({ row_key: `${i}`, ifd_ppl: row[side], rifd_ppl: row[2 + side] }),
            );
            await writeFile(file, lines.join('\n'));
            return file;
          }),
        );
        const { top } = await compareScores(files[0]!, files[1]!);
        fc.pre([2, 3].every((side) => all.some((row) => row[side] !== null)));
        for (const { percent, chosen, shared } of top) {
          const [a, b] = await Promise.all(
            files.map(async (file) => {
              const { rows } = await selectScored(file, { top: percent });
              return (await collect(rows())).map(({ row }) => row.object?.row_key);
            }),
          );
          expect(chosen).toEqual([a!.length, b!.length]);
          expect(shared).toBe(a!.filter((key) => b!.includes(key)).length);
        }
      }),
      { numRuns: 50 },
    );
  });
});
