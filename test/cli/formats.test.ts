import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRows } from '../../src/dataset/open-rows.js';
import { zstdFrame } from '../../src/util/zstd.js';
import { columnFile, expectedRows } from '../columns/fixtures.js';
import { collect } from '../helpers/collect.js';
import { PROJECT_ROOT } from '../helpers/paths.js';
import { refusalOf, runCli, runCliWell, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import { atStep, countSteps } from './fixtures/steps.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'formats-'));
});
afterAll(() => rm(directory, { recursive: true }));

const place = (name: string) => join(directory, name);
const objects = async (file: string) => (await collect(readRows(file))).map(({ text }) => JSON.parse(text));
/** What the numbers are does not depend on which rows are scored together. */
const score = (dataset: string, ...more: string[]) => [
  ...['score', dataset, ...TINY_ON_ONE_THREAD, '--deterministic'],
  ...more,
];
const PLAIN = Array.from({ length: 12 }, (_, i) => ({
  instruction: `Add ${i} and ${i}.`,
  input: '',
  output: String(2 * i),
}));

/** The same rows in every format of text. */
async function save(): Promise<Readonly<Record<string, string>>> {
  const lines = PLAIN.map((row) => `${JSON.stringify(row)}\n`).join('');
  const table = (separator: string) =>
    [['instruction', 'input', 'output'], ...PLAIN.map((row) => Object.values(row))]
      .map((cells) => `${cells.join(separator)}\n`)
      .join('');
  const files = {
    'rows.jsonl': lines,
    'rows.json': JSON.stringify(PLAIN),
    'rows.csv': table(','),
    'rows.tsv': table('\t'),
    'rows.jsonl.gz': gzipSync(lines),
    'rows.csv.zst': await zstdFrame(Buffer.from(table(','))),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(place(name), content);
  const parquet = { 'plain.parquet': columnFile('plain.parquet') };
  return { ...Object.fromEntries(Object.keys(files).map((name) => [name, place(name)])), ...parquet };
}

describe('score', () => {
  it('finds the same numbers in every format and writes each as it came', async () => {
    const files = await save();
    const scores = new Map<string, unknown[]>();
    for (const [name, file] of Object.entries(files)) {
      const { stderr } = await runCliWell(score(file), { cwd: directory });
      expect(stderr).toContain('layout alpaca');
      const ending = name.replace(/^[^.]*\./, '').replace(/\.(gz|zst)$/, '');
      const output = place(`${name.split('.')[0]}.scored.${ending === 'json' ? 'jsonl' : ending}`);
      const rows = await objects(output);
      expect(rows.map(({ instruction }) => instruction)).toEqual(PLAIN.map(({ instruction }) => instruction));
      scores.set(
        name,
        rows.map(({ ifd_ppl: ifd }) => Number(ifd)),
      );
      await rm(output);
    }
    const [first, ...others] = scores.values();
    for (const other of others) expect(other).toEqual(first);
  });

  it('ends an interrupted run on Parquet byte for byte as it would have ended', async () => {
    const dataset = columnFile('chats-zstd.parquet');
    const args = (output: string, ...more: string[]) => score(dataset, '-o', place(output), ...more);
    await runCliWell(args('whole.parquet'));
    const steps = await countSteps(args('counted.parquet'));
    for (const step of [Math.ceil(steps / 2), steps - 2]) {
      await rm(place('killed.parquet'), { force: true });
      await runCli(args('killed.parquet', '--force'), atStep({ signal: 'SIGKILL', step }));
      await runCliWell(args('killed.parquet', '--resume'));
      expect((await readFile(place('killed.parquet'))).equals(await readFile(place('whole.parquet')))).toBe(
        true,
      );
    }
    const rows = await objects(place('whole.parquet'));
    const expected = (await expectedRows('chats')).map((line) => JSON.parse(line));
    expect(rows).toMatchObject(expected);
    expect(rows.filter(({ status }) => status === 'scored').length).toBeGreaterThan(20);
  });

  it('writes a folder for a folder, and goes on with it', async () => {
    for (const [dataset, parts] of [
      ['parts', ['part-00000-of-00002.parquet', 'part-00001-of-00002.parquet']],
      [
        'saved',
        ['data-00000-of-00002.arrow', 'data-00001-of-00002.arrow', 'dataset_info.json', 'state.json'],
      ],
    ] as const) {
      await runCliWell(score(columnFile(dataset), '--force'), { cwd: directory });
      await runCliWell(score(columnFile(dataset), '--force'), { cwd: directory });
      const output = place(`${dataset}.scored`);
      expect((await readdir(output)).sort()).toEqual(parts);
      const expected = (await expectedRows('chats')).map((line) => JSON.parse(line));
      expect(await objects(output)).toMatchObject(expected);
      const { stdout } = await runCliWell(score(columnFile(dataset), '--resume'), { cwd: directory });
      expect(stdout).toContain('is complete already');
      await writeFile(join(output, 'notes.txt'), 'of somebody else');
      const refusal = refusalOf(await runCli(score(columnFile(dataset), '--force', '-o', output)));
      expect(refusal.message).toContain('it is a directory');
    }
  });

  it('takes several files in the format it is told, and writes another', async () => {
    await save();
    await writeFile(place('more'), 'instruction,output\n"Say ""no"".",no\n');
    const args = [place('rows.csv'), place('more'), ...TINY_ON_ONE_THREAD, '--format', 'csv'];
    await runCliWell(['score', ...args, '-o', place('both.parquet')]);
    const rows = await objects(place('both.parquet'));
    expect(rows).toHaveLength(13);
    expect(rows[12]).toMatchObject({ instruction: 'Say "no".', output: 'no', status: 'scored' });
  });

  it('says what is wrong with a file that is cut off, and where', async () => {
    const whole = await readFile(columnFile('plain.parquet'));
    await writeFile(place('cut.parquet'), whole.subarray(0, -100));
    const refusal = refusalOf(await runCli(score(place('cut.parquet'))));
    expect(refusal.message).toMatch(/cut\.parquet is a Parquet file that ends too early/);
    expect(refusal.remedy).toMatch(/Fetch the file/);
  });
});

describe('select and compare', () => {
  it('take and give Parquet and CSV', async () => {
    await save();
    for (const [dataset, ending] of [
      [columnFile('plain.parquet'), 'parquet'],
      [place('rows.csv'), 'csv'],
    ] as const) {
      const [scores, selected] = [place(`s.${ending}`), place(`selected.${ending}`)];
      await runCliWell(score(dataset, '-o', scores));
      const loose = ['--max-ifd', 'Infinity', '--max-rifd', 'Infinity', '--top', '25'];
      await runCliWell(['select', '--import-scores', scores, ...loose, '-o', selected]);
      const all = await objects(scores);
      const best = all.map(({ ifd_ppl: ifd }) => Number(ifd)).sort((a, b) => b - a)[2]!;
      expect(await objects(selected)).toEqual(all.filter(({ ifd_ppl: ifd }) => Number(ifd) >= best));
      const { stdout } = await runCliWell(['compare', scores, selected]);
      expect(stdout).toMatch(/rows in both files\s+3/);
    }
  });
});

describe('run', () => {
  it('writes what it selects from Parquet as Parquet, with the texts that won', async () => {
    const [lines, columns] = [join(PROJECT_ROOT, 'examples/candidates.jsonl'), place('candidates.parquet')];
    await runCliWell(score(lines, '-o', columns));
    const run = (dataset: string, output: string) => [
      ...['run', dataset, '--mode', 'score-only', '--keep', 'all', ...TINY_ON_ONE_THREAD],
      ...['-o', place(output)],
    ];
    await runCliWell(run(lines, 'from-lines'));
    await runCliWell(run(columns, 'from-columns'));
    const texts = async (file: string) =>
      (await objects(place(file))).map(({ instruction, output, outcome }) => ({
        instruction,
        output,
        outcome,
      }));
    const selected = await texts('from-columns/selected.parquet');
    expect(selected).toEqual(await texts('from-lines/selected.jsonl'));
    expect(new Set(selected.map(({ outcome }) => outcome)).size).toBeGreaterThan(1);
  });
});
