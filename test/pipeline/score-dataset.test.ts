import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ScoreDatasetOptions,
  type ScoreDatasetProgress,
  scoreDataset,
} from '../../src/pipeline/score-dataset.js';
import { writeSplitPair } from '../gguf/fixtures/split-model.js';
import { writeUnnamedPreTokenizer } from '../gguf/fixtures/unnamed-pre-tokenizer.js';
import { gate } from '../helpers/gate.js';
import { tinyModel } from '../models/tiny-models.js';

const ROWS = ['{"instruction":"Say a.","output":"a b"}', '{"instruction":"Say b.","output":"b c"}'];

let directory: string;
let output: string;
let dataset: string;
let options: ScoreDatasetOptions;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'score-dataset-'));
  output = join(directory, 'scores.jsonl');
  dataset = join(directory, 'rows.jsonl');
  options = {
    dataset,
    ...{ student: await tinyModel('qwen2'), device: 'cpu', threads: 1, checkFile: false },
    output,
    template: 'none',
  };
  await writeFile(dataset, `${ROWS.join('\n')}\n\n`);
});
afterEach(() => rm(directory, { recursive: true }));

async function progressOf(more: Partial<ScoreDatasetOptions>): Promise<ScoreDatasetProgress[]> {
  const updates: ScoreDatasetProgress[] = [];
  await scoreDataset({ ...options, ...more, onProgress: (update) => void updates.push(update) });
  return updates;
}

describe('scoreDataset', () => {
  it('reports progress up to the last byte, or up to the limit', async () => {
    const bytes = (await readFile(dataset)).length;
    const all = await progressOf({});
    expect(all.map(({ rows }) => rows)).toEqual([1, 2, 2]);
    expect(all.at(-1)).toMatchObject({ rows: 2, bytes, reused: 0 });
    const limited = await progressOf({ limit: 1, force: true });
    expect(limited).toMatchObject([{ rows: 1, bytes: ROWS[0]!.length }]);
  });

  it('writes over none of its inputs, not even with a file beside the output', async () => {
    const beside = join(directory, 'scores.meta.json');
    await copyFile(dataset, beside);
    for (const more of [{ dataset: beside }, { output: dataset }]) {
      await expect(scoreDataset({ ...options, ...more, force: true })).rejects.toMatchObject({
        code: 'output_unwritable',
        message: expect.stringContaining('which this command reads'),
      });
    }
    expect(await readFile(beside, 'utf8')).toBe(await readFile(dataset, 'utf8'));
  });

  it('says in the file beside the output what the student’s file was warned of', async () => {
    const warningsIn = async (student: string) => {
      await scoreDataset({ ...options, student, force: true });
      return JSON.parse(await readFile(join(directory, 'scores.meta.json'), 'utf8')).student.warnings;
    };
    expect(await warningsIn(await writeUnnamedPreTokenizer(directory))).toEqual([
      expect.stringContaining('tokenizer.ggml.pre'),
    ]);
    expect(await warningsIn(options.student)).toBeUndefined();
  });

  it('scores decomposed text as its composed form and writes the row as it was', async () => {
    const row = '{"instruction":"Où?","output":"Au café, là-bas."}';
    const lines = [row, row.normalize('NFD')];
    await writeFile(dataset, `${lines.join('\n')}\n`);
    await scoreDataset(options);
    const written = (await readFile(output, 'utf8')).trimEnd().split('\n');
    expect(written.map((line, i) => line.startsWith(lines[i]!.slice(0, -1)))).toEqual([true, true]);
    const scores = written.map((line) => JSON.parse(line).ifd_ppl);
    expect(scores[0]).toBeGreaterThan(0);
    expect(scores[1]).toBe(scores[0]);
    const meta = JSON.parse(await readFile(join(directory, 'scores.meta.json'), 'utf8'));
    expect(meta.student.text_normalization).toBe('NFC');
    expect(meta.fingerprint).toMatchObject({ text_normalization: 'NFC' });
  });

  it('leaves nothing when no row was scored', async () => {
    await writeFile(dataset, '\n');
    await expect(scoreDataset(options)).rejects.toMatchObject({ code: 'dataset_unreadable' });
    await writeFile(dataset, `${ROWS[0]}\nnothing\n`);
    await expect(scoreDataset({ ...options, strict: true })).rejects.toMatchObject({ code: 'row_rejected' });
    const aborted = scoreDataset({ ...options, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    expect(await readdir(directory)).toEqual(['rows.jsonl']);
  });

  it.runIf(process.platform !== 'win32')('holds few rows at a time that are large and decided', async () => {
    const dataset = join(directory, 'pipe.jsonl');
    execFileSync('mkfifo', [dataset]);
    const pipe = await open(dataset, 'r+');
    const first = gate();
    const scoring = scoreDataset({ ...options, dataset, onProgress: first.open });
    // windows of four of them; were they filled by what is to be scored, all would wait for the end of the dataset
    const row = `no JSON ${'x'.repeat(2 ** 20)}\n`;
    for (let i = 0; i < 24; i++) await pipe.write(row);
    await first.opened;
    await pipe.close();
    await expect(scoring).rejects.toMatchObject({
      code: 'nothing_scorable',
      message: expect.stringContaining('all of its 24 rows are unusable (malformed_json)'),
    });
    expect((await readFile(output, 'utf8')).match(/"status":"unscorable"/g)).toHaveLength(24);
  });

  it('takes a finished output for what was asked only when it holds the same rows', async () => {
    await scoreDataset({ ...options, limit: 2 });
    expect(await scoreDataset({ ...options, resume: true })).toEqual({ kind: 'complete', output });
    for (const change of [
      { limit: 1 },
      { template: 'alpaca' },
      { metrics: ['ifd'] as const },
      { definition: 'reference' as const },
      { perToken: true },
      { precision: 'precise' as const },
    ]) {
      const resumed = scoreDataset({ ...options, ...change, resume: true });
      await expect(resumed, Object.keys(change)[0]!).rejects.toMatchObject({ code: 'resume_mismatch' });
    }
    await writeFile(dataset, `${ROWS.toReversed().join('\n')}\n\n`);
    await expect(scoreDataset({ ...options, resume: true })).rejects.toMatchObject({
      code: 'resume_mismatch',
    });
  });

  it('looks at the output before it opens the model', async () => {
    await scoreDataset(options);
    const noStudent = { ...options, student: join(directory, 'none.gguf') };
    await expect(scoreDataset(noStudent)).rejects.toMatchObject({
      code: 'output_unwritable',
      message: expect.stringContaining('exists already'),
    });
    for (const change of [{ template: 'alpaca' }, { perToken: true }]) {
      const resumed = scoreDataset({ ...noStudent, ...change, resume: true });
      await expect(resumed).rejects.toMatchObject({ code: 'resume_mismatch' });
    }
    const before = await readdir(directory);
    for (const existing of [{ resume: true }, { force: true }]) {
      await expect(scoreDataset({ ...noStudent, ...existing })).rejects.toMatchObject({
        code: 'model_unloadable',
      });
    }
    expect(await readdir(directory)).toEqual(before);
  });

  it('says that other arithmetic has been at work, and goes on when told to', async () => {
    await scoreDataset(options);
    const path = join(directory, 'scores.meta.json');
    const meta = JSON.parse(await readFile(path, 'utf8'));
    const { kernels, processor, version, cpu_backend } = meta.fingerprint;
    expect([kernels, processor, version, cpu_backend]).toEqual(Array(4).fill(expect.stringMatching(/./)));
    for (const name of ['kernels', 'processor', 'version', 'cpu_backend', 'llama_cpp', 'device', 'head']) {
      const { [name]: value, ...rest } = meta.fingerprint;
      await writeFile(path, JSON.stringify({ ...meta, fingerprint: rest }));
      const resume = { ...options, resume: true } as const;
      await expect(scoreDataset(resume)).rejects.toMatchObject({
        code: 'resume_mismatch',
        message: expect.stringContaining(`${name} was not set and is ${JSON.stringify(value)}`),
        remedy: expect.stringContaining('`acceptChanges`'),
      });
      expect(await scoreDataset({ ...resume, acceptChanges: true })).toEqual({ kind: 'complete', output });
    }
  });

  it('does not go on with a split model of which another file than the first has changed', async () => {
    const { one, other } = await writeSplitPair(directory);
    const ofOne = { ...options, student: one[0]! };
    await scoreDataset(ofOne);
    const scores = await readFile(output, 'utf8');
    await copyFile(other[1]!, one[1]!);
    await expect(scoreDataset({ ...ofOne, resume: true, acceptChanges: true })).rejects.toMatchObject({
      code: 'resume_mismatch',
      message: expect.stringContaining('student was'),
    });
    await scoreDataset({ ...ofOne, force: true });
    expect(await readFile(output, 'utf8')).not.toBe(scores);
  });
});
