import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawFigure } from '../../src/page/figures/draw-figure.js';
import { writeFigures } from '../../src/page/figures/figure-files.js';
import { figuresOf } from '../../src/page/figures/figures-of.js';
import type { Survey } from '../../src/survey/survey.js';
import { surveyRun } from '../../src/survey/survey-run.js';
import { surveyScores } from '../../src/survey/survey-scores.js';
import { keptAudit, writeRun } from './finished-run.js';
import { asLines, fortyRows } from './scored-rows.js';

let directory: string;
let surveys: readonly Survey[];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'figures-'));
  const file = join(directory, 'scores.jsonl');
  await writeFile(file, asLines(fortyRows()));
  const audits = [1, 2, 3].map((row) => keptAudit(row, { before: 'a', after: 'b', critique: 'c' }));
  await writeRun(join(directory, 'run'), audits);
  const scored = await surveyScores(file, { by: 'source', mostBytes: 1e6 });
  const run = await surveyRun(join(directory, 'run'), { mostBytes: 1e6 });
  surveys = [scored.survey, run.survey];
});
afterAll(() => rm(directory, { recursive: true }));

describe('the figures of a survey', () => {
  it('are all that there is something to draw of', () => {
    const names = surveys.map((survey) => figuresOf(survey).map(({ name }) => name));
    const common = ['ifd', 'rifd', 'flow', 'ifd-rifd', 'length'];
    expect(names[0]).toEqual([...common, 'ifd-by-field', 'rifd-by-field', 'reasons']);
    expect(names[1]).toEqual([...common, 'reasons', 'teacher']);
  });

  it.each(['wide', 'narrow'] as const)('have a mark at every part that can be chosen: %s', async (size) => {
    for (const figure of surveys.flatMap(figuresOf)) {
      const svg = await drawFigure(figure, size);
      const marks = [...svg.matchAll(/data-mark="(\d+)"/g)].map(([, mark]) => Number(mark));
      expect(marks, figure.name).toEqual(figure.marks.map((_, i) => i));
    }
  });

  it('bring neither styles nor scripts, which a page forbids', async () => {
    for (const figure of surveys.flatMap(figuresOf)) {
      expect(await drawFigure(figure, 'wide'), figure.name).not.toMatch(
        /<style|<script|style=|class=|\son\w+=/,
      );
    }
  });

  it('become files of their own, in plain colours', async () => {
    const figures = await Promise.all(
      figuresOf(surveys[0]!).map(async (figure) => {
        const wide = await drawFigure(figure, 'wide');
        return { figure, source: 0, wide, narrow: '' };
      }),
    );
    const files = await writeFigures(join(directory, 'pictures', 'here'), figures);
    expect(files).toHaveLength(2 * figures.length);
    for (const file of files) {
      const bytes = await readFile(file);
      if (file.endsWith('.png')) expect(bytes.subarray(1, 4).toString(), file).toBe('PNG');
      else expect(bytes.toString(), file).not.toMatch(/var\(|data-mark|undefined|NaN/);
    }
  });
});
