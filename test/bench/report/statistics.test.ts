import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSpread, spreadOf } from '../../../bench/report/statistics.js';

const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 30 });

describe('spreadOf', () => {
  it.each([
    [[3], { median: 3, min: 3, max: 3 }],
    [[9, 1, 5], { median: 5, min: 1, max: 9 }],
    [[4, 1, 2, 100], { median: 3, min: 1, max: 100 }],
  ])('of %j is %j', (input, expected) => {
    expect(spreadOf(input)).toEqual(expected);
  });

  it('has at most half of the values on either side of the median', () => {
    fc.assert(
      fc.property(values, (input) => {
        const { median } = spreadOf(input);
        expect(input.filter((value) => value < median).length).toBeLessThanOrEqual(input.length / 2);
        expect(input.filter((value) => value > median).length).toBeLessThanOrEqual(input.length / 2);
      }),
    );
  });

  it('has the extremes that the values have and leaves them in their order', () => {
    fc.assert(
      fc.property(values, (input) => {
        const before = [...input];
        const { min, max } = spreadOf(input);
        expect(input.every((value) => value >= min && value <= max)).toBe(true);
        expect(input).toContain(min);
        expect(input).toContain(max);
        expect(input).toEqual(before);
      }),
    );
  });

  it('of nothing is no number', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
  });
});

describe('formatSpread', () => {
  const format = (value: number) => value.toFixed(1);

  it('shows the range', () => {
    expect(formatSpread({ median: 2, min: 1, max: 4 }, format)).toBe('2.0 (1.0-4.0)');
  });

  it('shows one value alone', () => {
    expect(formatSpread({ median: 2, min: 2, max: 2 }, format)).toBe('2.0');
  });
});
