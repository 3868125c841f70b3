import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { estimate } from '../../src/estimate/estimate.js';
import { scoreDataset } from '../../src/pipeline/score-dataset.js';
import { recycle } from '../../src/recycle/recycle.js';
import { EXAMPLE_DATASET, TINY_STUDENT } from '../helpers/paths.js';
import { runCli, runCliWell, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import { startRecyclingTeacher } from '../recycle/recycling-teacher.js';

const STUDENT = { student: TINY_STUDENT, threads: 1, device: 'cpu' } as const;

let directory: string;
let rows: readonly string[];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'estimate-'));
  rows = (await readFile(EXAMPLE_DATASET, 'utf8')).trim().split('\n');
});
afterAll(() => rm(directory, { recursive: true }));

async function datasetOf(name: string, lines: readonly string[]): Promise<string> {
  const dataset = join(directory, name);
  await writeFile(dataset, `${lines.join('\n')}\n`);
  return dataset;
}

describe('an estimate', () => {
  it('that looks at all rows counts just what scoring them takes', async () => {
    const dataset = await datasetOf('all.jsonl', [
      ...rows.slice(0, 40),
      '{"broken',
      '{"instruction":"x","output":""}',
    ]);
    const told = await estimate({ dataset, ...STUDENT });
    const scored = await scoreDataset({ dataset, ...STUDENT, output: join(directory, 'all.scored.jsonl') });
    if (scored.kind !== 'scored') throw new Error('it was scored before');
    const { likely, low, high } = told.student.tokens;
    expect(likely).toBeCloseTo(scored.logicalTokens, 6);
    expect([low, high]).toEqual([likely, likely]);
    expect(told).toMatchObject({ rows: 42, sampled: 42, work: 'score', unusable: { likely: 1 } });
    expect(told.measured.tokensPerSecond).toBeGreaterThan(0);
    expect(told.teacher).toBeUndefined();
  });

  it('from a sample is within 5 % of what scoring takes', async () => {
    // long and short rows in no order: those of the examples many times over
    const dataset = await datasetOf('many.jsonl', Array.from({ length: 30 }, () => rows.slice(0, 60)).flat());
    const told = await estimate({ dataset, ...STUDENT, sample: 900, maxLength: 512 });
    const all = await estimate({ dataset, ...STUDENT, sample: 10_000, maxLength: 512 });
    const { likely, low, high } = told.student.tokens;
    expect(told.sampled).toBe(900);
    expect(Math.abs(likely / all.student.tokens.likely - 1)).toBeLessThan(0.05);
    expect([low < likely, likely < high]).toEqual([true, true]);
  });

  it('of a run counts the requests that a teacher gets, and holds the tokens of the student', async () => {
    await using server = await startRecyclingTeacher();
    const dataset = await datasetOf('run.jsonl', rows.slice(0, 12));
    const teacher = { teacher: 'openai:scripted', baseUrl: server.baseUrl } as const;
    const told = await estimate({
      dataset,
      ...STUDENT,
      teacher: 'openai:scripted',
      promptPrice: 1,
      replyPrice: 2,
    });
    const output = join(directory, 'run');
    const { summary } = await recycle({ dataset, ...STUDENT, ...teacher, output });
    expect(told.teacher!.requests.likely).toBe(summary.teacher.answered + summary.teacher.failed);
    const { promptTokens, replyTokens, cost } = told.teacher!;
    expect(cost!.likely).toBeCloseTo((promptTokens.likely + 2 * replyTokens.likely) / 1e6, 12);
    expect(told.eager!.tokens.likely).toBeGreaterThan(told.student.tokens.high);
  });
});

describe('the command line', () => {
  it('says the same of a dry run as an estimate does, and writes nothing', async () => {
    const dataset = await datasetOf('dry.jsonl', rows.slice(0, 8));
    const output = join(directory, 'dry.scored.jsonl');
    const args = [dataset, ...TINY_ON_ONE_THREAD];
    // how wide the columns are depends on the times, too
    const withoutTimes = (text: string) =>
      text
        .split('\n')
        .flatMap((line) => (/rows|passes|tokens {2}/.test(line) ? [line.replace(/ +/g, ' ')] : []));
    const { stdout } = await runCliWell(['estimate', ...args]);
    const dry = await runCliWell(['score', ...args, '-o', output, '--dry-run']);
    expect(withoutTimes(dry.stdout)).toEqual(withoutTimes(stdout));
    await expect(readFile(output)).rejects.toMatchObject({ code: 'ENOENT' });
    const { stdout: json } = await runCliWell(['estimate', ...args, '--json']);
    expect(JSON.parse(json)).toMatchObject({ rows: 8, work: 'score' });
  });

  it('refuses a dry run of what it does not estimate', async () => {
    const args = ['run', EXAMPLE_DATASET, ...TINY_ON_ONE_THREAD, '--mode', 'score-only', '--dry-run'];
    const { code, stderr } = await runCli([...args, '-o', join(directory, 'none')]);
    expect(code).toBe(2);
    expect(stderr).toContain('What is estimated is a run in --mode v2, not in score-only.');
  });

  it('refuses prices without a teacher', async () => {
    await expect(
      estimate({ dataset: EXAMPLE_DATASET, ...STUDENT, promptPrice: 1, replyPrice: 1 }),
    ).rejects.toMatchObject({
      code: 'invalid_option',
      option: 'promptPrice',
    });
  });
});
