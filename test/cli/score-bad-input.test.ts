import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TINY_STUDENT } from '../helpers/paths.js';
import { ON_ONE_THREAD, refusalOf, runCli, runCliWell, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import { tinyModel } from '../models/tiny-models.js';

const GOOD_ROWS = [
  '{"instruction":"Name three primary colours.","output":"Red, yellow and blue."}',
  '{"instruction":"Give the capital of Italy.","input":"","output":"The capital of Italy is Rome."}',
];

let directory: string;
let dataset: string;
let output: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'score-bad-input-'));
  dataset = join(directory, 'rows.jsonl');
  output = join(directory, 'scores.jsonl');
  await writeFile(dataset, `${GOOD_ROWS.join('\n')}\n`);
});
afterEach(() => rm(directory, { recursive: true }));

async function inDirectory(name: string, content: string | Buffer): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

async function scoresOf(path: string): Promise<Record<string, unknown>[]> {
  return (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Runs, expects a clean refusal that leaves the directory as it was, and returns what was said. */
async function refused(args: readonly string[], under: readonly string[] = []) {
  const before = await readdir(directory);
  const refusal = refusalOf(await runCli(['score', ...args], { under }));
  expect(await readdir(directory)).toEqual(before);
  return refusal;
}

describe('rows that cannot be scored', () => {
  const LONG = 'All work and no play makes Jack a dull boy. '.repeat(24_000);
  const ROWS: readonly (readonly [row: string | Buffer, expected: Record<string, unknown>])[] = [
    [GOOD_ROWS[0]!, { status: 'scored' }],
    ['{"instruction": "Say hello.", "output": ', { reason: 'malformed_json', row_text: expect.any(String) }],
    ['["instruction", "output"]', { reason: 'not_an_object', row_text: '["instruction", "output"]' }],
    ['{"prompt":"Say hello.","output":"Hello."}', { reason: 'missing_field', prompt: 'Say hello.' }],
    ['{"instruction":"Say hello.","output":null}', { reason: 'wrong_type', output: null }],
    ['{"instruction":7,"output":"Hello."}', { reason: 'wrong_type', instruction: 7 }],
    ['{"instruction":"Say hello.","input":["x"],"output":"Hi."}', { reason: 'wrong_type' }],
    ['{"instruction":"Say hello.","output":""}', { reason: 'empty_output', ifd_ppl: null, rifd_ppl: null }],
    [
      '{"instruction":"","output":"Hello."}',
      { reason: 'empty_instruction', ifd_ppl: expect.any(Number), rifd_ppl: null },
    ],
    ['{"instruction":"First letter?","output":"a"}', { status: 'scored', tokens_A_direct: 1 }],
    ['{"instruction":"Half: \\ud800","output":"Hello."}', { reason: 'lone_surrogate' }],
    [
      Buffer.concat([Buffer.from('{"instruction":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
      {
        reason: 'invalid_utf8',
        row_base64: Buffer.from('{"instruction":"\xc3\x28"}', 'latin1').toString('base64'),
      },
    ],
    [
      JSON.stringify({ instruction: 'Write a novel.', output: LONG }),
      { reason: 'reverse_prompt_too_long', truncated: true, ifd_ppl: expect.any(Number), rifd_ppl: null },
    ],
    [JSON.stringify({ instruction: LONG, output: 'Hello.' }), { reason: 'prompt_too_long', ifd_ppl: null }],
    [GOOD_ROWS[1]!, { status: 'scored' }],
  ];
  const FILE = Buffer.concat(ROWS.flatMap(([row]) => [Buffer.from(row), Buffer.from('\n')]));
  /** Room for the good rows, so that the long ones cost little. */
  const SHORT = ['--max-length', '256'];

  it.each([
    ['fast', 5e-3],
    ['precise', 1e-5],
  ])('are told apart and spoil no neighbour (%s)', async (precision, tolerance) => {
    const mixed = await inDirectory('mixed.jsonl', FILE);
    const alone = join(directory, 'alone.jsonl');
    const options = [...TINY_ON_ONE_THREAD, ...SHORT, '--precision', precision];
    const { stdout } = await runCliWell(['score', mixed, ...options, '-o', output]);
    await runCliWell(['score', dataset, ...options, '-o', alone]);

    expect(stdout).toMatch(/^unscorable +12 +80\.0%$/m);
    expect(stdout).toMatch(/^ {2}wrong_type +3 +20\.0% {2}a field is not a string$/m);
    const scores = await scoresOf(output);
    expect(scores).toHaveLength(ROWS.length);
    for (const [i, [, expected]] of ROWS.entries()) {
      const score = scores[i]!;
      expect(score).toMatchObject({ status: 'unscorable', ...expected });
      if (score.status === 'unscorable') expect(score.detail).toMatch(/\w/);
      else expect(score.reason).toBeNull();
      for (const [name, value] of Object.entries(score)) {
        if (/^(ppl|loss|tokens|ifd|rifd)_/.test(name))
          expect(value === null || (value as number) > 0, name).toBe(true);
      }
    }
    expect(scores[1]!.detail).toContain(`${mixed}:2: `);

    const [first, last] = await scoresOf(alone);
    for (const [one, other] of [
      [scores[0]!, first!],
      [scores.at(-1)!, last!],
    ] as const) {
      for (const name of ['Q_direct', 'A_direct', 'Q_condition', 'A_condition']) {
        const difference = Math.abs((one[`loss_${name}`] as number) - (other[`loss_${name}`] as number));
        expect(difference, name).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it('end the run with --strict', async () => {
    await writeFile(dataset, `${GOOD_ROWS[0]}\n{"instruction": 1}\n${GOOD_ROWS[1]}\n`);
    const { message, remedy } = await refused([dataset, ...TINY_ON_ONE_THREAD, '-o', output, '--strict']);
    expect(message).toContain(`${dataset}:2: `);
    expect(remedy).toContain('--strict');
  });

  it('may be all there are', async () => {
    await writeFile(dataset, '{"instruction":"Say hello.","output":""}\n');
    const { message, remedy } = refusalOf(
      await runCli(['score', dataset, ...TINY_ON_ONE_THREAD, '-o', output]),
    );
    expect(message).toMatch(
      /has no row that can be scored: 1 of 1 because the answer is empty \(empty_output\)\.$/,
    );
    expect(remedy).toContain(output);
    expect(await scoresOf(output)).toMatchObject([{ status: 'unscorable', reason: 'empty_output' }]);
    const again = await runCli(['score', dataset, ...TINY_ON_ONE_THREAD, '-o', output, '--resume']);
    expect(refusalOf(again).message).toContain('no row that can be scored');
  });
});

describe('a dataset that cannot be used', () => {
  it.each([
    ['that is missing', async () => join(directory, 'nowhere.jsonl'), /nowhere\.jsonl does not exist/],
    ['that is a directory', () => mkdtemp(join(directory, 'empty-')), /is a directory without data files/],
    ['without rows', () => inDirectory('empty.jsonl', ' \n\n'), /empty\.jsonl has no rows/],
    ['in another format', () => inDirectory('rows.parquet', 'PAR1....'), /rows\.parquet is a Parquet file/],
    [
      'that is damaged',
      () => inDirectory('rows.jsonl.gz', Buffer.from('1f8b080000000000000300', 'hex')),
      /rows\.jsonl\.gz is a gzip file that ends too early/,
    ],
  ])('%s', async (_, make, message) => {
    const refusal = await refused([await make(), ...TINY_ON_ONE_THREAD, '-o', output]);
    expect(refusal.message).toMatch(message);
    expect(refusal.remedy).toBeDefined();
  });
});

describe('a student that cannot be used', () => {
  const scoring = (student: string) => [dataset, '--student', student, ...ON_ONE_THREAD, '-o', output];

  it.each([
    ['that is missing', async () => join(directory, 'nowhere.gguf'), /nowhere\.gguf: there is no such file/],
    ['that is a directory', async () => directory, /is not a file/],
    ['that is no GGUF', () => inDirectory('student.gguf', 'no model'), /student\.gguf: is not a GGUF file/],
    ['that is no causal language model', () => tinyModel('bert'), /causal language model.*bert/],
  ])('%s', async (_, make, message) => {
    const refusal = await refused(scoring(await make()));
    expect(refusal.message).toMatch(message);
    expect(refusal.remedy).toBeDefined();
  });

  it('because it is cut off', async () => {
    const whole = await readFile(TINY_STUDENT);
    const table = whole.indexOf('token_embd.weight');
    const path = join(directory, 'cut.gguf');
    for (const length of [0, 4, 20, 1000, table + 20, table + 4000, whole.length - 1]) {
      await writeFile(path, whole.subarray(0, length));
      const { message, remedy } = await refused(scoring(path));
      expect(message, `${length} bytes`).toContain(`${path}: `);
      expect(remedy, `${length} bytes`).toBeDefined();
    }
  });

  it('and whose file would take an hour to read', async () => {
    const model = await inDirectory('huge.gguf', 'GGUF and nothing that a model is made of');
    // the rest is a hole
    await truncate(model, 2 ** 42);
    await refused(scoring(model));
  });

  it.runIf(process.platform === 'linux')('for want of memory', async () => {
    const { message, remedy } = await refused(
      [dataset, ...TINY_ON_ONE_THREAD, '-o', output, '--batch-tokens', '400000'],
      // 3 GB of addresses: enough for Node, not for the batch
      ['sh', '-c', 'ulimit -v 3000000 && exec "$@"', 'sh'],
    );
    expect(message).toContain(TINY_STUDENT);
    expect(message).toMatch(/memory/);
    expect(remedy).toContain('--batch-tokens');
  });
});

describe('options that cannot be used', () => {
  it.each([
    ['--template', 'alpacka', /'alpacka' is neither/],
    ['--frobnicate', 'yes', /--frobnicate/],
    ['--threads', '0', /--threads.*'0'.*from 1 to/],
    ['--limit', 'x', /--limit.*'x'.*whole number/],
    ['--batch-tokens', '1e3', /--batch-tokens.*'1e3'.*whole number/],
    ['--max-length', '-5', /--max-length.*'-5'.*from 2 to/],
    ['--metrics', 'ifd,ppl', /--metrics.*'ifd,ppl'.*ifd, rifd/],
    ['--device', 'tpu', /--device.*'tpu'.*cpu, cuda, vulkan, metal/],
    ['--batch-tokens', '99999999999', /--batch-tokens.*1048576/],
  ])('%s %s', async (option, value, message) => {
    const refusal = await refused([dataset, ...TINY_ON_ONE_THREAD, '-o', output, option, value]);
    expect(refusal.message).toMatch(message);
  });

  it('no student', async () => {
    const { message, remedy } = await refused([dataset, '-o', output]);
    expect(message).toBe('--student is missing.');
    expect(remedy).toMatch(/^Give --student, .*GGUF/);
  });

  it('a template file without a place for the instruction', async () => {
    const template = await inDirectory('plain.txt', 'Answer politely.\n');
    const { message, remedy } = await refused([
      dataset,
      ...TINY_ON_ONE_THREAD,
      '-o',
      output,
      '--template',
      template,
    ]);
    expect(message).toContain(`'${template}'`);
    expect(remedy).toContain('{instruction}');
  });

  it.for(['cuda', 'vulkan', 'metal'])('--device %s where there is none', async (device, { skip }) => {
    const result = await runCli(['score', dataset, ...TINY_ON_ONE_THREAD, '-o', output, '--device', device]);
    if (result.code === 0) skip(`this machine has a ${device} device`);
    const { message, remedy } = refusalOf(result);
    expect(message).toMatch(new RegExp(`there is no ${device} device: \\S`));
    expect(remedy).toContain('doctor');
    expect(await readdir(directory)).toEqual(['rows.jsonl']);
  });
});

describe('an output that cannot be written', () => {
  it.each([
    [
      'in a directory that does not exist',
      () => join(directory, 'nowhere', 's.jsonl'),
      /directory does not exist/,
    ],
    ['that is a directory', () => directory, /it is a directory/],
    ['below a file', () => join(dataset, 's.jsonl'), /part of its path is a file/],
    ['that is the dataset', () => dataset, /would change .*rows\.jsonl, which this command reads/],
  ])('%s', async (_, path, message) => {
    const refusal = await refused([dataset, ...TINY_ON_ONE_THREAD, '-o', path()]);
    expect(refusal.message).toMatch(message);
    expect(refusal.remedy).toBeDefined();
    expect(await readFile(dataset, 'utf8')).toBe(`${GOOD_ROWS.join('\n')}\n`);
  });

  it('that exists, but for --force', async () => {
    await writeFile(output, 'mine\n');
    const { message, remedy } = await refused([dataset, ...TINY_ON_ONE_THREAD, '-o', output]);
    expect(message).toContain(`${output} exists already`);
    expect(remedy).toContain('--force');
    expect(await readFile(output, 'utf8')).toBe('mine\n');
    await runCliWell(['score', dataset, ...TINY_ON_ONE_THREAD, '-o', output, '--force']);
    expect(await scoresOf(output)).toHaveLength(2);
  });
});
