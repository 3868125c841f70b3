import { describe, expect, it } from 'vitest';
import {
  gflops,
  memoryBeyond,
  shareOfPeak,
  speedRatio,
  speedRatioWithHead,
} from '../../../bench/study/figures.js';
import { MODEL, round, trialResult } from './study-fixture.js';

const COST = { body: 100, head: 50 };

describe('figures of a round', () => {
  it('divide speeds by tokens, however many each had', () => {
    expect(speedRatio('ours', 'hf')(round({ ours: { tokens: 3000 }, hf: { tokens: 500 } }))).toBe(6);
  });

  it('add the head to a prefill for as many rows a token as ours had', () => {
    const rounds = round({ ours: { facts: { outputRows: 500 } }, prefill: { tokens: 2000 } });
    // half a row a token costs a quarter of the body; this prefill computed no row
    expect(speedRatioWithHead('ours', 'prefill', COST, 0)(rounds)).toBeCloseTo(1000 / (2000 / 1.25), 9);
    // that one computed one row in 512 tokens
    const withOne = (2000 * (100 + 50 / 512)) / 125;
    expect(speedRatioWithHead('ours', 'prefill', COST, 1)(rounds)).toBeCloseTo(1000 / withOne, 9);
  });

  it('count two operations a weight, and the head where it ran', () => {
    const result = trialResult({ seconds: 2, facts: { decodedTokens: 1e7, outputRows: 2e6 } });
    expect(gflops(result, COST)).toBeCloseTo((2 * (100 * 1e7 + 50 * 2e6)) / 2 / 1e9, 9);
  });

  it('hold a rate against the better of two libraries', () => {
    const rounds = round({
      ours: { facts: { decodedTokens: 1e7, outputRows: 0 } },
      sgemm: { facts: { torchGflops: 2, numpyGflops: 4 } },
    });
    expect(shareOfPeak('ours', COST)(rounds)).toBeCloseTo(50, 9);
  });

  it('take the file off the peak', () => {
    expect(memoryBeyond(MODEL, 'ours')(round({ ours: {} }))).toBe(50);
    expect(memoryBeyond(MODEL, 'ours')(round({ ours: { peakBytes: null } }))).toBeNaN();
  });

  it('are none of somebody who took no part', () => {
    expect(() => speedRatio('ours', 'hf')(round({ ours: {} }))).toThrow('hf took no part');
  });
});
