import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPaths } from '../../src/recycle/run/run-paths.js';
import { surveyRun } from '../../src/survey/survey-run.js';
import type { JsonObject } from '../../src/util/json-value.js';
import { keptAudit, writeRun } from '../page/finished-run.js';
import { asLines } from '../page/scored-rows.js';

const TEXTS = { before: 'old', after: 'new', critique: 'why' };
const options = { mostBytes: 1e6 };

/** A row that the student would not have, and one that holds no sample. */
function droppedAudit(row: number): JsonObject {
  const { scores, ...kept } = keptAudit(row, TEXTS);
  const { original } = scores as JsonObject;
  return { ...kept, outcome: null, winner: 'original', reason: 'response_not_better', scores: { original } };
}
function badAudit(row: number): JsonObject {
  const { id, row_key, line } = keptAudit(row, TEXTS);
  return {
    row,
    id,
    row_key,
    line,
    outcome: null,
    winner: null,
    reason: 'malformed_json',
    detail: 'It is broken.',
  };
}

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'survey-run-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('the survey of a run', () => {
  it('counts what became of its rows, before and after', async () => {
    const run = join(directory, 'run');
    await writeRun(run, [keptAudit(1, TEXTS), droppedAudit(2), badAudit(3), keptAudit(4, TEXTS)]);
    const { survey, shown } = await surveyRun(run, options);
    expect(survey).toMatchObject({ kind: 'run', rows: 4, kept: 2 });
    const { ifd, rifd } = survey.distributions;
    expect([ifd!.before!.count, ifd!.after!.count]).toEqual([3, 2]);
    expect([rifd!.before!.quantiles.p50, rifd!.after!.quantiles.p50]).toEqual([0.9, 0.6]);
    expect(ifd!.before!.edges).toEqual(ifd!.after!.edges);
    expect(Object.fromEntries(survey.flow.nodes.map(({ id, rows }) => [id, rows]))).toEqual({
      rows: 4,
      old_instruction: 3,
      response: 2,
      original: 1,
      kept: 2,
      response_not_better: 1,
      malformed_json: 1,
    });
    expect(survey.reasons).toEqual([
      { kind: 'reflection', reason: 'unparsable', rows: 3 },
      { kind: 'row', reason: 'malformed_json', rows: 1 },
    ]);
    expect(survey.teacher!.course.at(-1)).toEqual({
      replies: 4,
      promptTokens: 400,
      completionTokens: 200,
      cost: 0.004,
    });
    expect(shown.map(({ content }) => content.kind)).toEqual(['change', 'change', 'other', 'change']);
    expect(shown[0]!.decision!.steps).toContain('thresholds for response: passed');
  });

  it('groups rows by what their outputs say of them, in the order of the audit', async () => {
    const run = join(directory, 'grouped');
    await writeRun(run, [keptAudit(1, TEXTS), droppedAudit(2), badAudit(3), keptAudit(4, TEXTS)]);
    const { selected, rejected } = runPaths(run);
    await writeFile(selected, asLines([{ source: 'a' }, { source: 'b' }]));
    await writeFile(rejected, asLines([{ source: 'a' }, { row_text: '{"' }]));
    const { survey, shown } = await surveyRun(run, { ...options, by: 'source' });
    expect(survey.groups!.groups.map(({ value, rows, kept }) => [value, rows, kept])).toEqual([
      ['a', 2, 1],
      ['(none)', 1, 0],
      ['b', 1, 1],
    ]);
    expect(shown.map(({ group }) => group)).toEqual(['a', 'a', '(none)', 'b']);
  });

  it('is refused while the run goes on, and of what is none', async () => {
    const run = join(directory, 'unfinished');
    await writeRun(run, [keptAudit(1, TEXTS)]);
    await rm(runPaths(run).summary);
    const refusal = { code: 'dataset_unreadable' };
    await expect(surveyRun(run, options)).rejects.toMatchObject(refusal);
    await expect(surveyRun(directory, options)).rejects.toMatchObject(refusal);
  });
});
