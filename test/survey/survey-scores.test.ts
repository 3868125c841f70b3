import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectScored } from '../../src/select/select-scored.js';
import { compareSources } from '../../src/survey/compare-sources.js';
import { surveyScores } from '../../src/survey/survey-scores.js';
import type { JsonObject } from '../../src/util/json-value.js';
import { asLines, fortyRows } from '../page/scored-rows.js';

const mostBytes = 1e6;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'survey-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function fileOf(name: string, rows: readonly JsonObject[]): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, asLines(rows));
  return file;
}

describe('the survey of a scored file', () => {
  it('counts what is in it', async () => {
    const rows = fortyRows();
    const { survey, shown } = await surveyScores(await fileOf('a.jsonl', rows), { by: 'source', mostBytes });
    const isBelow = ({ ifd_ppl, rifd_ppl }: JsonObject) =>
      [ifd_ppl, rifd_ppl].every((score) => typeof score === 'number' && score < 1);
    expect(survey).toMatchObject({
      rows: 40,
      kept: rows.filter(isBelow).length,
      rule: ['r-IFD below 1', 'IFD below 1'],
      reasons: [{ kind: 'score', reason: 'reverse_prompt_too_long', rows: 4 }],
      groups: { field: 'source', others: { values: 0, rows: 0 } },
    });
    expect(survey.groups!.groups.map(({ value, rows }) => [value, rows])).toEqual([
      ['other', 26],
      ['sums', 14],
    ]);
    const { ifd, rifd } = survey.distributions;
    expect(ifd!.before!.counts.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(rifd!.before!.count).toBe(36);
    const kept = survey.lengths.kept.reduce((sum, count) => sum + count, 0);
    const dropped = survey.lengths.dropped.reduce((sum, count) => sum + count, 0);
    expect([kept, dropped]).toEqual([survey.kept, 40 - survey.kept]);
    expect(shown.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  it.each([
    {},
    { maxIfd: 0.9 },
    { maxRifd: Number.POSITIVE_INFINITY },
    { top: 25 },
    { maxIfd: 0.8, top: 50 },
  ])('keeps what select would: %j', async (thresholds) => {
    const file = await fileOf('b.jsonl', fortyRows());
    const { survey, shown } = await surveyScores(file, { ...thresholds, mostBytes });
    const { count, rejections, rows } = await selectScored(file, thresholds);
    const selected: unknown[] = [];
    for await (const { row } of rows()) selected.push(row.object!.row_key);
    expect(survey.kept).toBe(count);
    expect(shown.filter(({ isKept }) => isKept).map(({ key }) => key)).toEqual(selected);
    const dropped = survey.flow.nodes
      .filter(({ end }) => end === 'dropped')
      .map(({ id, rows }) => [id, rows]);
    const expected = Object.entries(rejections).filter(([, rejected]) => rejected > 0);
    expect(Object.fromEntries(dropped)).toEqual(Object.fromEntries(expected));
  });

  it('lets rows flow: what goes into a node comes out of it', async () => {
    const { survey } = await surveyScores(await fileOf('c.jsonl', fortyRows()), { top: 30, mostBytes });
    const { nodes, links } = survey.flow;
    for (const { id, rows, end } of nodes) {
      const sum = (side: 'from' | 'to') =>
        links.filter((link) => link[side] === id).reduce((total, link) => total + link.rows, 0);
      if (id !== 'rows') expect(sum('to'), id).toBe(rows);
      if (end === 'step') expect(sum('from'), id).toBe(rows);
    }
  });

  it('shows the same rows of two scorings of one dataset', async () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      fortyRows().map(
        (row): JsonObject => ({
          ...row,
          row_key: `${i.toString(16).padStart(4, '0')}${String(row.row_key).slice(4)}`,
        }),
      ),
    ).flat();
    const other = many.map((row) => ({ ...row, ifd_ppl: 2 * (row.ifd_ppl as number) }));
    const keysOf = async (file: string) =>
      new Set((await surveyScores(file, { mostBytes: 1e9 })).shown.map(({ key }) => key));
    const [a, b] = [
      await keysOf(await fileOf('d.jsonl', many)),
      await keysOf(await fileOf('e.jsonl', other)),
    ];
    expect(a.size).toBeLessThan(many.length);
    // 2500 are there by their keys alone; what is there for its score may differ
    expect([...a].filter((key) => b.has(key)).length).toBeGreaterThanOrEqual(2500);
  });
});

describe('the comparison of sources', () => {
  it('counts decisions that differ, row by row', async () => {
    const options = { mostBytes };
    const [a, b] = [
      await surveyScores(await fileOf('f.jsonl', fortyRows()), options),
      await surveyScores(await fileOf('g.jsonl', fortyRows(0.1).toReversed().slice(5)), options),
    ];
    const keptIn = (source: typeof a) =>
      new Set(source.shown.flatMap(({ key, isKept }) => (isKept ? [key] : [])));
    const [first, second] = [keptIn(a), keptIn(b)];
    const common = b.shown.map(({ key }) => key);
    const count = (isFirst: boolean, isSecond: boolean) =>
      common.filter((key) => first.has(key) === isFirst && second.has(key) === isSecond).length;
    expect(compareSources([a, b])).toMatchObject([
      {
        sources: [0, 1],
        matched: 35,
        both: count(true, true),
        neither: count(false, false),
        firstOnly: count(true, false),
        secondOnly: count(false, true),
      },
    ]);
  });
});
