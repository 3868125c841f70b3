import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUANTILE_RELATIVE_ERROR, QuantileSketch } from '../../src/report/quantile-sketch.js';

const exactQuantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
};

const sketchOf = (values: readonly number[]): QuantileSketch => {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
};

const anyMagnitude = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const likeScores = fc.double({ min: 0.01, max: 20, noNaN: true });
const values = fc.oneof(
  fc.array(likeScores, { minLength: 1, maxLength: 300 }),
  fc.array(anyMagnitude, { minLength: 1, maxLength: 50 }),
);
const share = fc.oneof(
  fc.constantFrom(0.05, 0.25, 0.5, 0.75, 0.95),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

describe('QuantileSketch', () => {
  it('stays within its relative error of the exact quantile', () => {
    fc.assert(
      fc.property(values, share, (added, wanted) => {
        const exact = exactQuantile(added, wanted);
        // The margin is that of the logarithm's own rounding at a bin's edge.
        const tolerance = exact * QUANTILE_RELATIVE_ERROR * (1 + 1e-9);
        expect(Math.abs(sketchOf(added).quantile(wanted) - exact)).toBeLessThanOrEqual(tolerance);
      }),
      { numRuns: 500 },
    );
  });

  it('knows the minimum, the maximum and the count exactly', () => {
    fc.assert(
      fc.property(values, (added) => {
        const sketch = sketchOf(added);
        expect(sketch.quantile(0)).toBe(Math.min(...added));
        expect(sketch.quantile(1)).toBe(Math.max(...added));
        expect(sketch.count).toBe(added.length);
      }),
    );
  });

  it('never leaves the range of the values, and never falls as the share grows', () => {
    fc.assert(
      fc.property(values, share, share, (added, a, b) => {
        const sketch = sketchOf(added);
        const lower = sketch.quantile(Math.min(a, b));
        const upper = sketch.quantile(Math.max(a, b));
        expect(lower).toBeLessThanOrEqual(upper);
        expect(lower).toBeGreaterThanOrEqual(Math.min(...added));
        expect(upper).toBeLessThanOrEqual(Math.max(...added));
      }),
    );
  });

  it('refuses what is no magnitude', () => {
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new QuantileSketch().add(value)).toThrow(RangeError);
    }
  });

  it('refuses to answer without values or for no share', () => {
    expect(() => new QuantileSketch().quantile(0.5)).toThrow(RangeError);
    expect(() => sketchOf([1]).quantile(50)).toThrow(RangeError);
  });
});
