import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBfloat16, toFloat16 } from './half-float.js';

/** The value of binary16 bits, straight from the format's definition. */
function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = (half & 0x3ff) / 1024;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}

const FINITE_HALVES = Array.from({ length: 0x7c00 }, (_, half) => half);

describe('toFloat16', () => {
  it('gives back every finite half, of both signs', () => {
    expect(FINITE_HALVES.map((half) => toFloat16(fromFloat16(half)))).toEqual(FINITE_HALVES);
    const negative = FINITE_HALVES.map((half) => half | 0x8000);
    expect(negative.map((half) => toFloat16(fromFloat16(half)))).toEqual(negative);
  });

  it('rounds to the nearest half, ties to even, between any two neighbours', () => {
    const lower = FINITE_HALVES.slice(0, -1);
    const between = (share: number) =>
      lower.map((half) => {
        const low = fromFloat16(half);
        return toFloat16(low + (fromFloat16(half + 1) - low) * share);
      });
    expect(between(0.49)).toEqual(lower);
    expect(between(0.5)).toEqual(lower.map((half) => half + (half % 2)));
    expect(between(0.51)).toEqual(lower.map((half) => half + 1));
  });

  it('overflows to infinity and keeps NaN', () => {
    expect(toFloat16(65_519)).toBe(0x7bff);
    expect(toFloat16(65_520)).toBe(0x7c00);
    expect(toFloat16(Number.NEGATIVE_INFINITY)).toBe(0xfc00);
    expect(fromFloat16(toFloat16(Number.NaN))).toBeNaN();
  });
});

describe('toBfloat16', () => {
  const fromBfloat16 = (bits: number) => new Float32Array(new Uint32Array([bits << 16]).buffer)[0]!;

  it('keeps 8 significant bits', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: Math.fround(-1e30), max: Math.fround(1e30) }), (value) => {
        const error = Math.abs(fromBfloat16(toBfloat16(value)) - value);
        expect(error).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -8, 2 ** -134));
      }),
    );
  });

  it('rounds ties to even, overflows to infinity and keeps NaN', () => {
    expect(toBfloat16(1)).toBe(0x3f80);
    expect(toBfloat16(1 + 2 ** -8)).toBe(0x3f80);
    expect(toBfloat16(1 + 3 * 2 ** -8)).toBe(0x3f82);
    expect(toBfloat16(3.4e38)).toBe(0x7f80);
    expect(fromBfloat16(toBfloat16(Number.NaN))).toBeNaN();
  });
});
