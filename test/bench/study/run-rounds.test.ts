import { describe, expect, it } from 'vitest';
import { runRounds } from '../../../bench/study/run-rounds.js';
import type { Entry } from '../../../bench/study/study.js';
import { entry, trialResult } from './study-fixture.js';

const ENTRIES = [entry('ours'), entry('slow', { rows: { data: 'rows.jsonl', count: 24, every: 8 } })];

describe('runRounds', () => {
  it('has the entries take turns and drops round 0, which has little work', async () => {
    const ran: Entry[] = [];
    const reported: string[] = [];
    const rounds = await runRounds(
      { entries: ENTRIES, rounds: 2 },
      {
        run: async (each) => {
          ran.push(each);
          return trialResult({ tokens: ran.length });
        },
        onTrial: ({ name }, number, { tokens }) => reported.push(`${name} ${number} ${tokens}`),
      },
    );
    expect(ran.map(({ name }) => name)).toEqual(['ours', 'slow', 'ours', 'slow', 'ours', 'slow']);
    expect(ran.map(({ rows: { count } }) => count)).toEqual([1, 8, 24, 24, 24, 24]);
    expect(ran.map(({ prompts }) => prompts)).toEqual([1, 1, 4, 4, 4, 4]);
    expect(reported).toEqual(['ours 0 1', 'slow 0 2', 'ours 1 3', 'slow 1 4', 'ours 2 5', 'slow 2 6']);
    expect(rounds.map((round) => Array.from(round, ([name, { tokens }]) => [name, tokens]))).toEqual([
      [
        ['ours', 3],
        ['slow', 4],
      ],
      [
        ['ours', 5],
        ['slow', 6],
      ],
    ]);
  });

  it('refuses a trial that is too short, unless it only warms up', async () => {
    const run = (count: number) => async (each: Entry) =>
      trialResult({ seconds: each.rows.count > count ? 5 : 0.01 });
    const one = { entries: [entry('ours')], rounds: 1 };
    await expect(runRounds(one, { run: run(2) })).resolves.toHaveLength(1);
    await expect(runRounds(one, { run: run(30) })).rejects.toThrow('ours took 10.0 ms, too short');
  });
});
