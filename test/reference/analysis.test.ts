import { describe, expect, it } from 'vitest';
import { ANALYSIS_FIELDS, analysisFields, analysisOfSpans } from '../../src/reference/analysis.js';
import { readAnalysis, readScoredFile } from '../../src/reference/read-analysis.js';
import { storedRatios } from '../../src/reference/stored-ratios.js';
import { recordedScores } from '../../src/scores/recorded-scores.js';
import { temporaryDirectory } from './temporary-directory.js';

const { save } = temporaryDirectory();
const rowOf = (object: Record<string, unknown>) => ({ file: 'a.json', line: 3, object });
const analysisRow = (ppl: readonly number[], loss: readonly number[] = [1, 1, 1, 1]) =>
  rowOf({ ...analysisFields(readAnalysis(rowOf({ ppl, loss }))) });
const value = (number: number) => ({ kind: 'value', value: number });
const notRecorded = { kind: 'missing', reason: 'not_recorded' };

describe('analysisFields', () => {
  it('has the twelve fields in the order of the research code', () => {
    expect(ANALYSIS_FIELDS).toEqual([
      'ppl_Q_direct',
      'ppl_A_direct',
      'ppl_Q_condition',
      'ppl_A_condition',
      'ifd_ppl',
      'rifd_ppl',
      'loss_Q_direct',
      'loss_A_direct',
      'loss_Q_condition',
      'loss_A_condition',
      'ifd_loss',
      'rifd_loss',
    ]);
  });

  it('divides as the research code does: the published example, and 0 for both ratios where one is by 0', () => {
    expect(analysisRow([2, 479.71923828125, 3, 489.06964111328125]).object).toMatchObject({
      ppl_Q_condition: 3,
      ifd_ppl: 1.0194914068185634,
      rifd_ppl: 1.5,
    });
    expect(analysisRow([0, 4, 1, 2]).object).toMatchObject({ ifd_ppl: 0, rifd_ppl: 0, ifd_loss: 1 });
    expect(analysisRow([4, 4, 0, 0]).object).toMatchObject({ ifd_ppl: 0, rifd_ppl: 0 });
  });

  it('is NaN throughout for an empty line', () => {
    expect(new Set(Object.values(analysisFields(readAnalysis(rowOf({})))))).toEqual(new Set([Number.NaN]));
  });
});

describe('analysisOfSpans', () => {
  it('rounds to float32 what was scored, and leaves the rest NaN', () => {
    const { ppl, loss } = analysisOfSpans({ A_direct: { sumLogprob: -0.3, tokenCount: 3 } });
    expect(loss.A_direct).toBe(Math.fround(0.1));
    expect(ppl.A_direct).toBe(Math.fround(Math.exp(Math.fround(0.1))));
    expect([loss.Q_direct, ppl.A_condition]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('readAnalysis', () => {
  it.each([
    [{ ppl: [1, 2, 3, 4] }, 'loss'],
    [{ ppl: [1, 2, 3], loss: [1, 2, 3, 4] }, 'ppl'],
    [{ ppl: [1, 2, 3, '4'], loss: [1, 2, 3, 4] }, 'ppl'],
  ])('refuses %j', (object, field) => {
    expect(() => readAnalysis(rowOf(object))).toThrow(
      expect.objectContaining({
        code: 'dataset_unreadable',
        message: `a.json:3: the row cannot be used: "${field}" is not a list of 4 numbers.`,
      }),
    );
  });
});

describe('recordedScores', () => {
  it('takes the quotient of perplexities, and keeps an IFD that a failed r-IFD has set to 0', () => {
    expect(recordedScores(analysisRow([2, 4, 1, 3]))).toEqual({ ifd: value(0.75), rifd: value(0.5) });
    expect(recordedScores(analysisRow([0, 4, 0, 3]))).toEqual({ ifd: value(0.75), rifd: notRecorded });
  });

  it.each([0, Number.NaN, Number.POSITIVE_INFINITY])('takes a perplexity of %d for no score', (ppl) => {
    expect(recordedScores(analysisRow([2, 4, 1, ppl])).ifd).toEqual(notRecorded);
    expect(recordedScores(analysisRow([2, ppl, 1, 3])).ifd).toEqual(notRecorded);
  });

  it('takes the stored ratio where there are no perplexities', () => {
    expect(recordedScores(rowOf({ ifd_ppl: 0.5, rifd_ppl: 0 }))).toEqual({
      ifd: value(0.5),
      rifd: notRecorded,
    });
    expect(recordedScores(rowOf({ ifd_ppl: null }))).toEqual({ ifd: notRecorded, rifd: notRecorded });
  });

  it('refuses what is no number', () => {
    expect(() => recordedScores(rowOf({ ifd_ppl: '0.5' }))).toThrow('a.json:3: "ifd_ppl" is a string.');
  });
});

describe('storedRatios', () => {
  it('gives the ratios as they are', () => {
    expect(storedRatios(rowOf({ ifd_ppl: 0, rifd_ppl: null }))).toEqual({ ifd: 0, rifd: Number.NaN });
  });

  it('refuses a record without them', () => {
    expect(() => storedRatios(rowOf({ ifd_ppl: 0.5 }))).toThrow('it has no "rifd_ppl"');
  });
});

describe('readScoredFile', () => {
  const dataset = '[{"instruction": "Add.", "output": "3"}, {"instruction": "Say.", "output": ""}]';

  it('appends the fields to each record', async () => {
    const analysis = '{"ppl": [2, 4, 1, 3], "loss": [1, 2, 1, 1]}\n{}\n';
    const files = { dataset: await save('data.json', dataset), analysis: await save('a.jsonl', analysis) };
    const records = (await readScoredFile(files)).rows.map(({ object }) => object);
    expect(records.map((record) => Object.keys(record))).toEqual(
      Array(2).fill(['instruction', 'output', ...ANALYSIS_FIELDS]),
    );
    expect(records).toMatchObject([{ ifd_ppl: 0.75, ifd_loss: 0.5 }, { ifd_ppl: Number.NaN }]);
  });

  it('names both files and their lengths when these differ', async () => {
    const data = await save('data.json', dataset);
    const analysis = await save('short.jsonl', '{}\n');
    await expect(readScoredFile({ dataset: data, analysis })).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: `The files do not have the same number of rows: ${data} has 2, ${analysis} has 1.`,
    });
  });
});
