import { describe, expect, it } from 'vitest';
import { largestDisagreement } from '../../../bench/study/disagreement.js';
import { round } from './study-fixture.js';

describe('largestDisagreement', () => {
  it('compares the rows that entries have in common, by their numbers', () => {
    const rounds = [
      round({
        ours: {
          losses: [
            [0, 1],
            [1, 2],
            [2, null],
            [8, 4],
          ],
        },
        hf: {
          losses: [
            [0, 1.25],
            [8, 4],
          ],
        },
      }),
      round({
        ours: {
          losses: [
            [0, 1],
            [8, 4.5],
          ],
        },
        prefill: {},
      }),
    ];
    expect(largestDisagreement(rounds)).toBe(0.5);
  });

  it('is boundless when only one has a score', () => {
    const rounds = [round({ ours: { losses: [[3, null]] }, plain: { losses: [[3, 2]] } })];
    expect(largestDisagreement(rounds)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is 0 when nobody scores', () => {
    expect(largestDisagreement([round({ prefill: {} })])).toBe(0);
  });
});
