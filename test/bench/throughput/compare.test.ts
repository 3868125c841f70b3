import { describe, expect, it } from 'vitest';
import { largestDisagreement, ratios } from '../../../bench/throughput/compare.js';
import type { Trials } from '../../../bench/throughput/run-rounds.js';
import { trialResult } from './trial-result.js';

const COST = { body: 100, head: 50 };
const FACTS = { outputRows: 500 };

/** Speeds per round: ours 1000 and 3000, plain 500 and 2000, prefill 2000 and 2000 tokens/s. */
const TRIALS: Trials = new Map([
  ['ours', [trialResult({ facts: FACTS }), trialResult({ facts: FACTS, tokens: 3000 })]],
  ['plain', [trialResult({ tokens: 500 }), trialResult({ tokens: 2000 })]],
  ['prefill', [trialResult({ tokens: 2000 }), trialResult({ tokens: 4000, seconds: 2 })]],
]);

describe('ratios', () => {
  it('divides round by round and judges by the median', () => {
    const all = ratios(TRIALS, COST, { plain: 1.75, prefill: 1.01 });
    expect(all.map(({ opponent, samples, verdict }) => ({ opponent, samples, verdict }))).toEqual([
      { opponent: 'plain', samples: [2, 1.5], verdict: 'PASS' },
      { opponent: 'prefill', samples: [0.5, 1.5], verdict: 'BELOW' },
      { opponent: 'prefill + head', samples: [expect.any(Number), expect.any(Number)], verdict: null },
    ]);
  });

  it('adds the head for as many rows a token as ours had', () => {
    const withHead = ratios(TRIALS, COST, {}).find(({ opponent }) => opponent === 'prefill + head')!;
    // half a row a token costs a quarter of the body; the measured prefill had one row in 512 tokens
    const expected = (2000 * (100 + 50 / 512)) / 125;
    expect(withHead.samples[0]).toBeCloseTo(1000 / expected, 9);
  });

  it('are none without ours', () => {
    expect(ratios(new Map([['plain', [trialResult()]]]), COST, { plain: 1 })).toEqual([]);
  });
});

describe('largestDisagreement', () => {
  it('compares the rows that contenders have in common', () => {
    const trials: Trials = new Map([
      ['ours', [trialResult({ losses: [1, 2, null, 4] }), trialResult({ losses: [1, 2, null, 4.5] })]],
      ['node-logits', [trialResult({ losses: [1.25, 2] })]],
      ['prefill', [trialResult()]],
    ]);
    expect(largestDisagreement(trials)).toBe(0.5);
  });

  it('is boundless when only one has a score', () => {
    const trials: Trials = new Map([
      ['ours', [trialResult({ losses: [1, null] })]],
      ['plain', [trialResult({ losses: [1, 2] })]],
    ]);
    expect(largestDisagreement(trials)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is 0 when nobody scores', () => {
    expect(largestDisagreement(new Map([['prefill', [trialResult()]]]))).toBe(0);
  });
});
