import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MetricStatistics } from '../../src/report/metric-statistics.js';

const statisticsOf = (values: readonly number[]) => {
  const statistics = new MetricStatistics();
  for (const value of values) statistics.add(value);
  return statistics.snapshot();
};

describe('MetricStatistics', () => {
  it('has nothing to say about no values', () => {
    expect(statisticsOf([])).toBeUndefined();
  });

  it('describes its values', () => {
    const summary = statisticsOf([0.5, 1, 1.5, 2]);
    expect(summary).toMatchObject({ count: 4, min: 0.5, max: 2, mean: 1.25, shareAboveOne: 0.5 });
    expect(summary?.quantiles.p5).toBeCloseTo(0.5, 2);
    expect(summary?.quantiles.p25).toBeCloseTo(0.5, 2);
    expect(summary?.quantiles.p50).toBeCloseTo(1, 1);
    expect(summary?.quantiles.p75).toBeCloseTo(1.5, 1);
    expect(summary?.quantiles.p95).toBeCloseTo(2, 1);
  });

  it('agrees with the plain mean', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(statisticsOf(values)?.mean).toBeCloseTo(mean, 6);
      }),
    );
  });

  it('has a finite mean even where the sum overflows', () => {
    expect(statisticsOf([1e308, 1e308, 1e308])?.mean).toBeCloseTo(1e308, -300);
  });
});
