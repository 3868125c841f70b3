import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dividedBy, exactly, totalOf } from '../../src/estimate/interval.js';

const someValues = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 50 });

describe('the total of all rows', () => {
  it('is known where all of them are', () => {
    fc.assert(
      fc.property(someValues, (values) => {
        const { likely, low, high } = totalOf(values, values.length);
        expect(likely).toBeCloseTo(
          values.reduce((sum, value) => sum + value, 0),
          6,
        );
        expect([low, high]).toEqual([likely, likely]);
      }),
    );
  });

  it('is the mean of the sample for each row, and less certain the fewer were looked at', () => {
    // mean 2, standard deviation 1: 1.6449 * 100 * sqrt(1 / 4 * 0.96)
    const { likely, low, high } = totalOf(
      [1, 1, 3, 3].map((value) => 2 + ((value - 2) * Math.sqrt(3)) / 2),
      100,
    );
    expect(likely).toBeCloseTo(200, 9);
    expect(high - likely).toBeCloseTo(164.49 * Math.sqrt(0.24), 6);
    expect(likely - low).toBeCloseTo(high - likely, 9);
  });

  it('lies in its interval about nine times out of ten', () => {
    // values without any order that a sample could follow
    const values = Array.from({ length: 2000 }, (_, i) => ((i * 7919) % 997) ** 2);
    const total = values.reduce((sum, value) => sum + value, 0);
    let hits = 0;
    for (let start = 0; start < 200; start++) {
      const sample = Array.from({ length: 60 }, (_, i) => values[(start * 31 + i * 617) % 2000]!);
      const { low, high } = totalOf(sample, 2000);
      if (low <= total && total <= high) hits++;
    }
    expect(hits).toBeGreaterThan(160);
  });
});

describe('an amount divided by a rate', () => {
  it('is as uncertain as both of them', () => {
    expect(dividedBy(exactly(100), 10, [10, 10, 10])).toEqual({ likely: 10, low: 10, high: 10 });
    const ofAmount = dividedBy({ likely: 100, low: 70, high: 130 }, 10, []);
    expect(ofAmount).toEqual({ likely: 10, low: 7, high: 13 });
    const ofBoth = dividedBy({ likely: 100, low: 70, high: 130 }, 10, [8, 12]);
    expect(ofBoth.high).toBeGreaterThan(ofAmount.high);
    expect(ofBoth.low).toBeLessThan(ofAmount.low);
  });
});
