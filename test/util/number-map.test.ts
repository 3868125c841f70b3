import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberMap } from '../../src/util/number-map.js';

describe('NumberMap', () => {
  it('holds what a Map holds', () => {
    const key = fc.oneof(
      fc.maxSafeNat(),
      fc.nat(20),
      fc.nat(20).map((n) => n * 1024),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.double({ noNaN: true }))), fc.array(key), (entries, others) => {
        const map = new NumberMap();
        for (const [key, value] of entries) map.set(key, value);
        const expected = new Map(entries);
        expect(map.size).toBe(expected.size);
        for (const key of [...expected.keys(), ...others]) expect(map.get(key)).toBe(expected.get(key));
      }),
    );
  });

  it('keeps its entries while it grows', () => {
    const map = new NumberMap();
    const keyOf = (i: number) => (i * 2654435761) % 2 ** 40;
    for (let i = 0; i < 10_000; i++) map.set(keyOf(i), i);
    expect(map.size).toBe(10_000);
    for (let i = 0; i < 10_000; i++) expect(map.get(keyOf(i))).toBe(i);
    expect(map.get(2 ** 41)).toBeUndefined();
  });
});
