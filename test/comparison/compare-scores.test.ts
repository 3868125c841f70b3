import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareScores } from '../../src/comparison/compare-scores.js';
import { renderComparison } from '../../src/report/render-comparison.js';
import { naiveKendall, naiveSpearman } from './naive-ranks.js';

interface Line {
  readonly row_key: string;
  readonly ifd_ppl: number | null;
  readonly rifd_ppl: number | null;
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'compare-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function fileOf(name: string, lines: readonly unknown[]): Promise<string> {
  const file = join(directory, name);
  await writeFile(
    file,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return file;
}

async function comparisonOf(a: readonly unknown[], b: readonly unknown[], joinBy?: string) {
  return compareScores(await fileOf('a.jsonl', a), await fileOf('b.jsonl', b), { joinBy });
}

const line = (row_key: string, ifd_ppl: number | null, rifd_ppl: number | null = null): Line => ({
  row_key,
  ifd_ppl,
  rifd_ppl,
});

describe('compareScores', () => {
  it('is what plain loops over the joined rows say', async () => {
    const score = fc.option(fc.double({ min: 0.125, max: 2, noNaN: true }));
    const rows = fc.uniqueArray(
      fc.record({ key: fc.nat(99), a: fc.tuple(score, score), b: fc.tuple(score, score), in: fc.nat(5) }),
      { selector: ({ key }) => key, minLength: 1, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const inA = all.filter((row) => row.in !== 1);
        const inB = all.filter((row) => row.in !== 2).toReversed();
        const both = inB.filter((row) => row.in !== 1);
        fc.pre(both.length > 0 && inA.length > 0);
        const comparison = await comparisonOf(
          inA.map(({ key, a }) => line(`${key}`, ...a)),
          inB.map(({ key, b }) => line(`${key}`, ...b)),
        );
        expect(comparison.rows).toEqual({
          matched: both.length,
          unmatched: [inA.length - both.length, inB.length - both.length],
        });
        for (const [i, metric] of (['ifd', 'rifd'] as const).entries()) {
          const pairs = both.flatMap(({ a, b }) =>
            a[i] === null || b[i] === null ? [] : [[a[i]!, b[i]!] as const],
          );
          const [x, y] = [pairs.map(([value]) => value), pairs.map(([, value]) => value)];
          const found = comparison.metrics[metric];
          expect(found.rows).toBe(pairs.length);
          expect(found.differing).toBe(pairs.filter(([p, q]) => p < 1 !== q < 1).length);
          expect(found.missing).toEqual({
            a: both.filter(({ a, b }) => a[i] === null && b[i] !== null).length,
            b: both.filter(({ a, b }) => a[i] !== null && b[i] === null).length,
            both: both.filter(({ a, b }) => a[i] === null && b[i] === null).length,
          });
          if (found.spearman !== undefined) expect(found.spearman).toBeCloseTo(naiveSpearman(x, y), 10);
          if (found.kendall !== undefined) expect(found.kendall).toBeCloseTo(naiveKendall(x, y), 10);
        }
        const complete = both.filter(({ a, b }) => ![...a, ...b].includes(null));
        const passes = (scores: readonly (number | null)[]) => scores.every((value) => value! < 1);
        expect(comparison.filter).toEqual({
          rows: complete.length,
          differing: complete.filter(({ a, b }) => passes(a) !== passes(b)).length,
        });
      }),
      { numRuns: 60 },
    );
  });

  it('pairs rows of equal text one by one', async () => {
    const a = [line('x', 0.1), line('y', 0.2), line('x', 0.3), line('x', 0.4)];
    const b = [line('x', 0.1), line('x', 0.3), line('y', 0.2)];
    const { rows, metrics } = await comparisonOf(a, b);
    expect(rows).toEqual({ matched: 3, unmatched: [1, 0] });
    expect(metrics.ifd).toMatchObject({ rows: 3, spearman: 1, kendall: 1 });
  });

  it('joins by a field of the rows, whose number is not its text', async () => {
    const a = [
      { id: 1, ifd_ppl: 0.5 },
      { id: '1', ifd_ppl: 0.7 },
    ];
    const b = [
      { id: '1', ifd_ppl: 0.8 },
      { id: 1, ifd_ppl: 0.6 },
    ];
    const { rows, metrics } = await comparisonOf(a, b, 'id');
    expect(rows.matched).toBe(2);
    expect(metrics.ifd.spearman).toBeCloseTo(1, 12);
  });

  it('tells ids apart that no JavaScript number does', async () => {
    const a = ['{"id":12345678901234567890,"ifd_ppl":0.5}', '{"id":12345678901234567891,"ifd_ppl":0.7}'];
    const { rows, metrics } = await comparisonOf(a, a.toReversed(), 'id');
    expect(rows).toEqual({ matched: 2, unmatched: [0, 0] });
    expect(metrics.ifd.spearman).toBe(1);
    expect((await comparisonOf(a, [a[0]], 'id')).rows).toEqual({ matched: 1, unmatched: [1, 0] });
  });

  it('takes a score that is no positive finite number for none', async () => {
    const { metrics } = await comparisonOf([line('x', 0), line('y', 0.5)], [line('x', 0.5), line('y', -1)]);
    expect(metrics.ifd).toMatchObject({ rows: 0, missing: { a: 1, b: 1, both: 0 }, spearman: undefined });
  });

  it.each([
    [
      'a line cut off',
      '{"row_key": "x", "ifd',
      /a\.jsonl:2: the row is not valid JSON/,
      /Make the file again/,
    ],
    ['a line that is no object', '[1]', /a\.jsonl:2: the row is an array/, /Make the file again/],
    [
      'a row without scores',
      { row_key: 'y' },
      /a\.jsonl:2: .*neither ifd_ppl nor rifd_ppl/,
      /Score the dataset/,
    ],
    ['a row without a key', { ifd_ppl: 1 }, /a\.jsonl:2: its "row_key".* is missing/, /`joinBy`/],
    ['a score that is a text', { row_key: 'y', ifd_ppl: '1' }, /a\.jsonl:2: "ifd_ppl" is a string/, /again/],
  ])('names file, line and remedy of %s', async (_, bad, message, remedy) => {
    const failed = comparisonOf([line('x', 0.5), bad], [line('x', 0.5)]);
    await expect(failed).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('refuses files without a common row, and files that are not there', async () => {
    await expect(comparisonOf([line('x', 0.5)], [line('y', 0.5)])).rejects.toMatchObject({
      message: expect.stringMatching(/No row of .*a\.jsonl is in .*b\.jsonl/),
      remedy: expect.stringMatching(/`joinBy`/),
    });
    const absent = join(directory, 'absent.jsonl');
    await expect(compareScores(absent, absent)).rejects.toMatchObject({
      message: expect.stringMatching(/absent\.jsonl does not exist/),
    });
  });
});

describe('renderComparison', () => {
  it('shows what was asked and leaves out what was not', async () => {
    const scores = [0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 1.1, 1.2, 0.3, 0.5];
    const a = scores.map((ifd, i) => line(`${i}`, ifd));
    const b = [...scores.map((ifd, i) => line(`${i}`, i === 6 ? 0.99 : ifd)), line('new', 1)];
    expect(renderComparison(await comparisonOf(a, b))).toMatchInlineSnapshot(`
      "rows in both files  10
      ──────────────────────
      only in the second   1
      no r-IFD in either  10

      ranks             IFD
      ─────────────────────
      rows               10
      Spearman       1.0000
      Kendall tau-b  1.0000

      decision                     rows it differs for  overlap
      ─────────────────────────────────────────────────────────
      IFD below 1                                10.0%
      top 15% of the rows below 1                20.0%       0%
      "
    `);
  });
});
