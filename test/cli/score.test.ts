import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TINY_STUDENT } from '../helpers/paths.js';
import { type CliResult, runCliWell, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';

/** Spelled as no serializer would, so that re-spelling shows. */
const ROWS = [
  '{"instruction":"Name three primary colours.","input":"","output":"Red, yellow and blue."}',
  '{ "id": 12345678901234567890, "score": 1.50, "instruction": "Translate to French.", "input": "Good morning!", "output": "Bonjour\\u0020!" }',
  '{"output":"It is 🌊 wet.","tags":["a",  {"b":null}],"instruction":"What is the sea?"}',
  '{"instruction":"Give the capital of Italy.","input":null,"output":"Rome"}',
];

/** In the order in which they are written, after the row's own. */
const FIELDS = [
  'row_key',
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
  'tokens_Q_direct',
  'tokens_A_direct',
  'tokens_Q_condition',
  'tokens_A_condition',
  'truncated',
  'status',
  'reason',
  'detail',
];

let directory: string;
let dataset: string;
let output: string;
let run: CliResult;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'score-'));
  dataset = join(directory, 'rows.jsonl');
  output = join(directory, 'scores.jsonl');
  await writeFile(dataset, `${ROWS.join('\n')}\n`);
  run = await runCliWell(['score', dataset, ...TINY_ON_ONE_THREAD, '-o', output]);
});
afterAll(() => rm(directory, { recursive: true }));

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

async function scoresOf(path: string): Promise<Record<string, unknown>[]> {
  return (await linesOf(path)).map((line) => JSON.parse(line));
}

/** Scores the same rows in another way. */
async function rescored(...options: string[]): Promise<Record<string, unknown>[]> {
  const path = join(directory, `${options.join('').replaceAll(/\W/g, '')}.jsonl`);
  await runCliWell(['score', dataset, ...TINY_ON_ONE_THREAD, '-o', path, ...options]);
  return scoresOf(path);
}

describe('score --deterministic', () => {
  it('writes the same bytes for a row whatever its neighbours, batches and threads, and what that costs', async () => {
    const way = ['--student', TINY_STUDENT, '--device', 'cpu', '--deterministic'];
    const polite = ROWS.map((row) => row.replace('"instruction":"', '"instruction":"Please: '));
    const rows = [...ROWS, ROWS[2]!, ...polite];
    const forwards = join(directory, 'forwards.jsonl');
    const backwards = join(directory, 'backwards.jsonl');
    await writeFile(forwards, `${rows.join('\n')}\n`);
    await writeFile(backwards, `${rows.toReversed().join('\n')}\n`);
    const scores = [`${forwards}.scores`, `${backwards}.scores`] as const;
    const { stdout } = await runCliWell(['score', forwards, ...way, '--threads', '1', '-o', scores[0]]);
    await runCliWell([
      ...['score', backwards, ...way, '--threads', '2', '--batch-tokens', '32', '-o', scores[1]],
    ]);
    expect(await linesOf(scores[0])).toEqual((await linesOf(scores[1])).toReversed());
    expect(stdout).toMatch(/^cost +[1-9]\.\d\d times the tokens/m);
    expect(stdout).toMatch(/^reused +\d+ spans/m);
    expect(JSON.parse(await readFile(`${scores[0]}.meta.json`, 'utf8'))).toMatchObject({
      deterministic: true,
    });
  });
});

describe('score', () => {
  it('writes a line per row, in order, its own fields untouched', async () => {
    const lines = await linesOf(output);
    expect(lines).toHaveLength(ROWS.length);
    for (const [i, line] of lines.entries()) {
      expect(line.startsWith(`${ROWS[i]!.slice(0, -1)},"row_key":"`), line).toBe(true);
      const own = Object.keys(JSON.parse(ROWS[i]!));
      expect(Object.keys(JSON.parse(line))).toEqual([...own, ...FIELDS]);
    }
  });

  it('writes numbers that belong together', async () => {
    for (const score of (await scoresOf(output)) as Record<string, number>[]) {
      expect(score).toMatchObject({ status: 'scored', truncated: false, reason: null, detail: null });
      for (const name of ['Q_direct', 'A_direct', 'Q_condition', 'A_condition']) {
        expect(score[`tokens_${name}`]).toBeGreaterThanOrEqual(1);
        expect(score[`ppl_${name}`]).toBeCloseTo(Math.exp(score[`loss_${name}`]!), 9);
      }
      expect(score.tokens_A_condition).toBe(score.tokens_A_direct);
      expect(score.tokens_Q_condition).toBe(score.tokens_Q_direct);
      expect(score.ifd_ppl).toBeCloseTo(score.ppl_A_condition! / score.ppl_A_direct!, 9);
      expect(score.rifd_ppl).toBeCloseTo(score.ppl_Q_condition! / score.ppl_Q_direct!, 9);
      expect(score.ifd_loss).toBeCloseTo(score.loss_A_condition! / score.loss_A_direct!, 9);
      expect(score.rifd_loss).toBeCloseTo(score.loss_Q_condition! / score.loss_Q_direct!, 9);
    }
  });

  it('writes a header beside it and leaves nothing else', async () => {
    const meta = JSON.parse(await readFile(join(directory, 'scores.meta.json'), 'utf8'));
    expect(meta).toMatchObject({
      definition: { name: 'exact', version: 'exact-1' },
      metrics: ['ifd', 'rifd'],
      template: { name: 'alpaca', no_input: expect.stringContaining('{instruction}') },
      student: {
        file: 'tiny-instruct-5m-f16.gguf',
        sha256: createHash('sha256')
          .update(await readFile(TINY_STUDENT))
          .digest('hex'),
        quantization: 'F16',
      },
      bos_policy: { starts_with: 'bos', token: expect.any(Number) },
      max_length: 2048,
      precision: 'fast',
      device: { kind: 'cpu' },
      engine: { version: expect.any(String), threads: 1, batch_tokens: 512 },
      llama_cpp: expect.any(String),
      dataset: { file: 'rows.jsonl', limit: null },
      rows: { total: 4, scored: 4, unscorable: 0, reasons: {} },
    });
    expect(Date.parse(meta.created)).not.toBeNaN();
    const files = (await readdir(directory)).filter((name) => name.startsWith('scores'));
    expect(files.sort()).toEqual(['scores.jsonl', 'scores.meta.json']);
  });

  it('prints the summary on standard output and progress, line by line, on standard error', () => {
    expect(run.stdout).toMatch(/^output +.*scores\.jsonl$/m);
    expect(run.stdout).toMatch(/^scored +4 +100%$/m);
    expect(run.stdout).toMatch(/^median +\d\.\d+ +\d\.\d+$/m);
    expect(run.stdout).toContain('IFD above 1');
    expect(run.stderr).toMatch(/^student tiny-instruct-5m \(llama, F16, fast\) on .*, 1 thread, /m);
    expect(run.stderr).toMatch(/^100% {2}4 rows {2}\S+ rows\/s {2}\S+ tokens\/s$/m);
    expect(`${run.stdout}${run.stderr}`).not.toContain('\u001b');
  });

  it('reads a JSON array, compressed, and names the output after it in the current directory', async () => {
    const inputs = join(directory, 'inputs');
    const here = join(directory, 'here');
    await mkdir(inputs);
    await mkdir(here);
    const zipped = join(inputs, 'rows.json.gz');
    await writeFile(zipped, gzipSync(`[\n  ${ROWS.join(',\n  ')}\n]`));
    await runCliWell(['score', zipped, ...TINY_ON_ONE_THREAD], { cwd: here });
    expect((await readdir(here)).sort()).toEqual(['rows.scored.jsonl', 'rows.scored.meta.json']);
    expect(await linesOf(join(here, 'rows.scored.jsonl'))).toEqual(await linesOf(output));
  });

  it('--metrics ifd computes no r-IFD', async () => {
    const both = await scoresOf(output);
    for (const [i, score] of (await rescored('--metrics', 'ifd')).entries()) {
      expect(score).toMatchObject({ status: 'scored', rifd_ppl: null, rifd_loss: null, ppl_Q_direct: null });
      expect(score).toMatchObject({ tokens_Q_condition: null, tokens_A_direct: both[i]!.tokens_A_direct });
      expect(Math.abs((score.loss_A_direct as number) - (both[i]!.loss_A_direct as number))).toBeLessThan(
        5e-3,
      );
    }
  });

  it('--per-token lists every log-prob, --limit stops early', async () => {
    const scores = await rescored('--per-token', '--limit', '2');
    expect(scores).toHaveLength(2);
    for (const score of scores) {
      for (const name of ['Q_direct', 'A_direct', 'Q_condition', 'A_condition']) {
        const logprobs = score[`logprobs_${name}`] as number[];
        expect(logprobs).toHaveLength(score[`tokens_${name}`] as number);
        const mean = logprobs.reduce((sum, logprob) => sum - logprob, 0) / logprobs.length;
        expect(mean).toBeCloseTo(score[`loss_${name}`] as number, 4);
      }
    }
  });

  it('--definition reference counts tokens as the research code does', async () => {
    const exact = await scoresOf(output);
    const reference = await rescored('--definition', 'reference');
    expect(reference.map(({ status }) => status)).toEqual(ROWS.map(() => 'scored'));
    // instruction and input are joined without the newline, which is a token of its own
    expect(reference[1]!.tokens_Q_direct).not.toBe(exact[1]!.tokens_Q_direct);
  });

  it('--template takes a file', async () => {
    const template = join(directory, 'plain.txt');
    await writeFile(template, 'Q: {instruction}\nA: \n');
    const [score] = await rescored('--template', template, '--limit', '1');
    expect(score!.tokens_A_condition).toBe((await scoresOf(output))[0]!.tokens_A_condition);
    expect(score!.loss_A_condition).not.toBe((await scoresOf(output))[0]!.loss_A_condition);
  });

  it('gives the same bytes however its threads and processes are held up', async () => {
    const many = join(directory, 'many.jsonl');
    const rows = Array.from({ length: 160 }, (_, i) =>
      JSON.stringify({ instruction: `Count to ${i}.`, output: 'one, two, three, '.repeat(1 + (i % 13)) }),
    );
    await writeFile(many, rows.join('\n'));
    // both at once, so that they are in each other's way
    const outputs = ['first', 'second'].map((name) => join(directory, `${name}.jsonl`));
    const options = ['--student', TINY_STUDENT, '--device', 'cpu', '--threads', '4', '--batch-tokens', '64'];
    await Promise.all(outputs.map((path) => runCliWell(['score', many, ...options, '-o', path])));
    expect(await linesOf(outputs[0]!)).toEqual(await linesOf(outputs[1]!));
    expect(await linesOf(outputs[0]!)).toHaveLength(rows.length);
  });

  it('ends well when nobody reads what it prints', async () => {
    const path = join(directory, 'unread.jsonl');
    const { stderr } = await runCliWell(['score', dataset, ...TINY_ON_ONE_THREAD, '-o', path], {
      under: ['sh', '-c', '"$@" | true', 'sh'],
    });
    expect(stderr).not.toContain('EPIPE');
    expect(await linesOf(path)).toEqual(await linesOf(output));
  });
});
