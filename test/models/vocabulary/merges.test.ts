import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { englishPieces } from './english-pieces.js';
import { type Merge, mergesFor } from './merges.js';

/** Byte-pair encoding in its plainest form: rank by rank, every occurrence from the left. */
function encode(text: string, merges: readonly Merge[]): readonly string[] {
  let symbols = [...text];
  for (const { left, right } of merges) {
    const merged: string[] = [];
    for (const symbol of symbols) {
      if (symbol === right && merged.at(-1) === left) merged.splice(-1, 1, left + right);
      else merged.push(symbol);
    }
    symbols = merged;
  }
  return symbols;
}

const pieces = fc.array(fc.string({ unit: fc.constantFrom(...'abcd'), minLength: 1, maxLength: 8 }));

describe('mergesFor', () => {
  it('makes one token of every piece', () => {
    fc.assert(
      fc.property(pieces, (list) => {
        const merges = mergesFor(list, 1000);
        for (const piece of list) expect(encode(piece, merges)).toEqual([piece]);
      }),
    );
  });

  it('builds only on characters and earlier merges, and lists no pair twice', () => {
    fc.assert(
      fc.property(pieces, fc.nat(30), (list, maxTokens) => {
        const known = new Set('abcd');
        const pairs = new Set<string>();
        for (const { left, right } of mergesFor(list, maxTokens)) {
          expect(known).toContain(left);
          expect(known).toContain(right);
          known.add(left + right);
          pairs.add(`${left} ${right}`);
        }
        expect(known.size - 4).toBeLessThanOrEqual(maxTokens);
        expect(pairs.size).toBe(mergesFor(list, maxTokens).length);
      }),
    );
  });

  it('gives a few thousand merges for English', () => {
    expect(mergesFor(englishPieces(), 100_000).length).toBeGreaterThan(3000);
    expect(mergesFor(englishPieces(), 300)).toHaveLength(300);
  });
});
