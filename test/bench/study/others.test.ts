import { describe, expect, it } from 'vitest';
import { describeOthers } from '../../../bench/study/others.js';
import { watchOthers } from '../../../bench/trial/others.js';
import { round } from './study-fixture.js';

describe('describeOthers', () => {
  it('gives the median and the worst of all trials that know', () => {
    const rounds = [
      round({ ours: { othersShare: 0.01 }, hf: { othersShare: null } }),
      round({ ours: { othersShare: 0.3 }, hf: { othersShare: 0.02 } }),
    ];
    expect(describeOthers([{ rounds }])).toBe('2.0% (at worst 30.0%)');
    expect(describeOthers([])).toBe('an unknown share');
  });
});

describe('watchOthers', () => {
  it('gives a share of the machine', async () => {
    const share = watchOthers();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(share()).toBeGreaterThanOrEqual(0);
    expect(share()).toBeLessThanOrEqual(1);
  });
});
