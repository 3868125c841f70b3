import { describe, expect, it } from 'vitest';
import { ratios } from '../../../bench/throughput/compare.js';
import { renderRatios, renderTargets, renderTrials } from '../../../bench/throughput/render.js';
import type { Trials } from '../../../bench/throughput/run-rounds.js';
import { trialResult } from './trial-result.js';

const COST = { body: 100, head: 50 };
const MEBIBYTE = 2 ** 20;
const TRIALS: Trials = new Map([
  ['ours', [trialResult({ facts: { outputRows: 500 }, peakBytes: 300 * MEBIBYTE })]],
  ['plain', [trialResult({ tokens: 12_345, seconds: 20, peakBytes: 310 * MEBIBYTE })]],
  ['prefill', [trialResult({ tokens: 1250 })]],
]);
const RATIOS = ratios(TRIALS, COST, { plain: 1.3, prefill: 1 });

describe('renderTrials', () => {
  it('shows speed, work and memory, and what prefill would be with the head', () => {
    expect(
      renderTrials(TRIALS, COST, 250 * MEBIBYTE)
        .split('\n')
        .slice(2),
    ).toEqual([
      'ours               1,000         1    1000      300 MiB       50 MiB',
      'plain                617        20   12345      310 MiB       60 MiB',
      'prefill            1,250         1    1250      260 MiB       10 MiB',
      'prefill + head     1,000  computed',
    ]);
  });
});

describe('renderRatios', () => {
  it('shows targets and whether they are met', () => {
    expect(renderRatios(RATIOS).split('\n').slice(2)).toEqual([
      'plain                    1.62     1.3  PASS',
      'prefill                  0.80     1.0  BELOW',
      'prefill + head           1.00',
    ]);
  });
});

describe('renderTargets', () => {
  it('collects what has a target', () => {
    const untargeted = ratios(TRIALS, COST, {});
    const text = renderTargets([
      { model: 'gpt2', ratios: RATIOS },
      { model: 'tiny', ratios: untargeted },
    ]);
    expect(text.split('\n').slice(2)).toEqual([
      'gpt2   plain                       1.62  at least 1.3  PASS',
      'gpt2   prefill                     0.80  at least 1.0  BELOW',
    ]);
  });

  it('is empty without targets', () => {
    expect(renderTargets([{ model: 'tiny', ratios: ratios(TRIALS, COST, {}) }])).toBe('');
  });
});
