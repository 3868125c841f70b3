import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binOf, histogram, niceEdges } from '../../src/survey/histogram.js';

const someValues = fc
  .array(fc.double({ min: 1e-3, max: 1e4, noNaN: true }), { minLength: 1, maxLength: 300 })
  .map((values) => Float64Array.from(values).sort());

describe('the edges of a histogram', () => {
  it('cover the middle of the values in bins of equal width, of which there are not many', () => {
    fc.assert(
      fc.property(someValues, (sorted) => {
        const edges = niceEdges(sorted);
        const width = edges[1]! - edges[0]!;
        for (let i = 1; i < edges.length; i++) expect(edges[i]! - edges[i - 1]!).toBeCloseTo(width, 6);
        expect(edges.length).toBeLessThan(60);
        expect(edges[0]).toBeLessThanOrEqual(sorted[Math.floor(0.005 * (sorted.length - 1))]!);
        expect(edges.at(-1)).toBeGreaterThan(sorted[Math.ceil(0.995 * (sorted.length - 1))]!);
      }),
    );
  });

  it('tell the middle apart where a few values lie far away', () => {
    const sorted = Float64Array.from({ length: 400 }, (_, i) => (i < 396 ? 0.4 + i / 800 : i / 90));
    const edges = niceEdges(sorted);
    const { counts } = histogram(sorted, edges);
    expect(edges.at(-1)).toBeGreaterThan(4);
    expect(counts.filter((count) => count > 20).length).toBeGreaterThanOrEqual(5);
  });

  it('have 1 among them where values lie on both sides of it', () => {
    const sorted = Float64Array.from({ length: 2000 }, (_, i) => 0.333 + i / 1500);
    expect(niceEdges(sorted)).toContain(1);
  });
});

describe('edges at values that binary fractions cannot hold', () => {
  it('lie around them all the same', () => {
    // 0.42 + 0.78 is not 1.2, and 1.2 / 0.1 is not 12
    const sorted = Float64Array.from({ length: 40 }, (_, i) => 0.42 + 0.02 * i);
    const { below, above } = histogram(sorted, niceEdges(sorted));
    expect({ below, above }).toEqual({ below: 0, above: 0 });
  });
});

describe('a histogram', () => {
  it('counts every value once, in the bin whose edges it lies between', () => {
    fc.assert(
      fc.property(someValues, someValues, (values, others) => {
        const edges = niceEdges(others);
        const { counts, below, above } = histogram(values, edges);
        expect(counts.reduce((sum, count) => sum + count, below + above)).toBe(values.length);
        expect(below).toBe(values.filter((value) => value < edges[0]!).length);
        for (const value of values) {
          const bin = binOf(value, edges);
          if (typeof bin === 'number') {
            expect(value).toBeGreaterThanOrEqual(edges[bin]!);
            expect(value).toBeLessThan(edges[bin + 1]!);
          }
        }
      }),
    );
  });

  it('counts a value at an edge above it', () => {
    expect(histogram([0.1, 0.2, 0.3], [0.1, 0.2, 0.3])).toMatchObject({ counts: [1, 1], below: 0, above: 1 });
  });
});
