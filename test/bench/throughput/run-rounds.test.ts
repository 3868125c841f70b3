import { describe, expect, it } from 'vitest';
import { runRounds } from '../../../bench/throughput/run-rounds.js';
import { trialResult } from './trial-result.js';

const task = {
  model: 'm',
  data: 'd',
  rows: 1,
  slowRows: 1,
  metrics: ['ifd'],
  prompts: 1,
  threads: 1,
} as const;

describe('runRounds', () => {
  it('takes turns and leaves the warm-up round out', async () => {
    const order: string[] = [];
    const trials = await runRounds({
      contenders: ['ours', 'plain', 'prefill'],
      trials: 2,
      task,
      run: async ({ contender }) => {
        order.push(contender);
        return trialResult({ tokens: order.length });
      },
    });
    expect(order.join(' ')).toBe('ours plain prefill ours plain prefill ours plain prefill');
    expect(trials.get('plain')!.map(({ tokens }) => tokens)).toEqual([5, 8]);
  });

  it('refuses a trial that the clock cannot measure', async () => {
    const run = async () => trialResult({ seconds: 0.0123 });
    await expect(runRounds({ contenders: ['ours'], trials: 1, task, run })).rejects.toThrow(
      'ours took 12.3 ms, too short to be measured: give it more --rows',
    );
  });
});
