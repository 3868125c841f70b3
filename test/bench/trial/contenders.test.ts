import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONTENDER_RUNS } from '../../../bench/trial/contenders.js';
import { dumpSequences } from '../../../bench/trial/dump-sequences.js';
import { LONG_RUN_PARTS } from '../../../bench/trial/long-run.js';
import type { ContenderName, NodeContender, TrialTask } from '../../../bench/trial/task.js';
import { EXAMPLE_DATASET, TINY_STUDENT } from '../../helpers/paths.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contenders-'));
});
afterAll(() => rm(folder, { recursive: true }));

const task = (contender: ContenderName, count: number): TrialTask => ({
  ...{ contender, model: TINY_STUDENT, metrics: ['ifd'], prompts: 1, threads: 1 },
  rows: { data: EXAMPLE_DATASET, count, every: 1 },
});
const run = (contender: NodeContender, count: number) => CONTENDER_RUNS[contender](task(contender, count));

interface DumpedRow {
  readonly row: number;
  readonly sequences: readonly { readonly tokens: readonly number[]; readonly begin: number }[];
}

async function dump(contender: ContenderName, count: number): Promise<readonly DumpedRow[]> {
  const file = join(folder, 'sequences.json');
  expect(await dumpSequences(task(contender, count), file)).toBe(count);
  return JSON.parse(await readFile(file, 'utf8'));
}

const tokensIn = (rows: readonly DumpedRow[]) =>
  rows.flatMap(({ sequences }) => sequences).reduce((sum, { tokens }) => sum + tokens.length, 0);

describe('contenders with the shipped student', () => {
  it('count the tokens that Python is given for the same rows', async () => {
    const ours = await run('ours', 3);
    const rows = await dump('hf', 3);
    expect(rows.map(({ sequences }) => sequences.length)).toEqual([2, 2, 2]);
    expect(tokensIn(rows)).toBe(ours.tokens);
    expect(ours.losses.map(([row]) => row)).toEqual(rows.map(({ row }) => row));
    expect(
      rows.flatMap(({ sequences }) => sequences).every(({ tokens, begin }) => begin < tokens.length),
    ).toBe(true);
  });

  it('decide over four variants with fewer than the 16 passes that Python makes of them', async () => {
    const decided = await run('decide', 2);
    const rows = await dump('hf-decide', 2);
    expect(rows.map(({ sequences }) => sequences.length)).toEqual([16, 16]);
    expect(tokensIn(rows)).toBe(decided.tokens);
    expect(Number(decided.facts.decodedTokens)).toBeGreaterThan(0);
    expect(Number(decided.facts.decodedTokens)).toBeLessThan(decided.tokens);
  });

  it('work through all rows without an engine', async () => {
    expect(await run('orchestration', 200)).toMatchObject({ rows: 200, losses: [] });
  });

  it('time each part of a long run', async () => {
    const { rows, tokens, facts } = await run('long-run', 60);
    expect(rows).toBe(60);
    expect(tokens).toBeGreaterThan(60);
    expect(Object.values(facts)).toHaveLength(LONG_RUN_PARTS);
    for (const speed of Object.values(facts)) expect(speed).toBeGreaterThan(0);
  });
});
