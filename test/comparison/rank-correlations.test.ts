import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { averageRanks } from '../../src/comparison/average-ranks.js';
import { kendallTauB } from '../../src/comparison/kendall.js';
import { spearman } from '../../src/comparison/spearman.js';
import { naiveKendall, naiveRanks, naiveSpearman } from './naive-ranks.js';

/** Few different values, so that ties abound, or many. */
const value = fc.oneof(
  fc.nat(3).map((n) => n / 2),
  fc.double({ min: 0, max: 4, noNaN: true }),
);
const pairs = fc.array(fc.tuple(value, value), { maxLength: 60 });
const sides = (all: readonly (readonly [number, number])[]) =>
  [all.map(([a]) => a), all.map(([, b]) => b)] as const;
const isConstant = (values: readonly number[]) => new Set(values).size < 2;

describe('averageRanks', () => {
  it('are the ranks by definition', () => {
    fc.assert(
      fc.property(fc.array(value), (values) => {
        expect([...averageRanks(Float64Array.from(values))]).toEqual(naiveRanks(values));
      }),
    );
  });
});

describe.each([
  { name: 'spearman', fast: spearman, naive: naiveSpearman },
  { name: 'kendallTauB', fast: kendallTauB, naive: naiveKendall },
])('$name', ({ fast, naive }) => {
  const correlation = (a: readonly number[], b: readonly number[]) =>
    fast(Float64Array.from(a), Float64Array.from(b));

  it('is what its definition says, ties included', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const [a, b] = sides(all);
        if (isConstant(a) || isConstant(b)) expect(correlation(a, b)).toBeUndefined();
        else expect(correlation(a, b)).toBeCloseTo(naive(a, b), 10);
      }),
      { numRuns: 500 },
    );
  });

  it('is symmetric and sees only the order', () => {
    fc.assert(
      fc.property(pairs, (all) => {
        const [a, b] = sides(all);
        const expected = correlation(a, b);
        fc.pre(expected !== undefined);
        expect(correlation(b, a)).toBeCloseTo(expected, 10);
        expect(correlation(a, naiveRanks(b))).toBeCloseTo(expected, 10);
        expect(
          correlation(
            a,
            naiveRanks(b).map((rank) => -rank),
          ),
        ).toBeCloseTo(-expected, 10);
      }),
    );
  });

  it('is 1 for the same order and -1 for the opposite one', () => {
    expect(correlation([1, 2, 3, 4], [0.1, 0.2, 0.3, 9])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
  });

  it('leaves its input alone', () => {
    const [a, b] = [Float64Array.of(3, 1, 2), Float64Array.of(1, 3, 2)];
    fast(a, b);
    expect([...a, ...b]).toEqual([3, 1, 2, 1, 3, 2]);
  });
});

it('counts pairs of a hundred thousand values, one of them out of order', () => {
  const n = 100_000;
  const a = Float64Array.from({ length: n }, (_, i) => i);
  const b = Float64Array.from(a, (i) => (i === 0 ? n : i));
  expect(kendallTauB(a, b)).toBeCloseTo(1 - (4 * (n - 1)) / (n * (n - 1)), 12);
});
