import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_SIZE, quantizeQ4_0, quantizeQ8_0 } from './block-quantizers.js';

/** Exactly representable weights without a pattern. */
const SAMPLE = Float32Array.from({ length: BLOCK_SIZE }, (_, i) => (((i * 37) % 64) - 31) / 16 + i / 128);

/** Magnitudes whose block scale is a normal half, as in real weights. */
const weight = fc.float({ noNaN: true, min: -100, max: 100 }).map((x) => (Math.abs(x) < 0.01 ? 0 : x));
const blocks = fc
  .integer({ min: 1, max: 3 })
  .chain((count) =>
    fc
      .array(weight, { minLength: count * BLOCK_SIZE, maxLength: count * BLOCK_SIZE })
      .map((list) => Float32Array.from(list)),
  );

function scaleAt(bytes: Uint8Array, at: number): number {
  const half = bytes[at]! | (bytes[at + 1]! << 8);
  return (half & 0x8000 ? -1 : 1) * (1 + (half & 0x3ff) / 1024) * 2 ** (((half >> 10) & 0x1f) - 15);
}

function largest(values: Float32Array, block: number): number {
  return Math.max(...values.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE).map(Math.abs));
}

describe('quantizeQ8_0', () => {
  it("gives ggml's own bytes", () => {
    expect(Buffer.from(quantizeQ8_0(SAMPLE)).toString('hex')).toBe(
      '55248d17b33cd962ff9c25c24be8710daa33d059f67f1cb842de6704a12ac750ed76',
    );
  });

  it('is off by at most half a step, plus the rounding of the scale', () => {
    fc.assert(
      fc.property(blocks, (values) => {
        const bytes = Buffer.from(quantizeQ8_0(values));
        expect(bytes).toHaveLength((values.length / 32) * 34);
        values.forEach((value, i) => {
          const block = Math.floor(i / 32);
          const step = largest(values, block) / 127;
          const restored = scaleAt(bytes, block * 34) * bytes.readInt8(block * 34 + 2 + (i % 32));
          expect(Math.abs(restored - value)).toBeLessThanOrEqual(step * (0.5 + 127 * 2 ** -11) + 1e-4);
        });
      }),
    );
  });

  it('rounds halves away from zero and keeps zeros', () => {
    const halves = new Float32Array(BLOCK_SIZE);
    halves.set([127, 0.5, -0.5, 1.5, -1.5]);
    expect([...new Int8Array(quantizeQ8_0(halves).buffer, 2, 6)]).toEqual([127, 1, -1, 2, -2, 0]);
    expect(quantizeQ8_0(new Float32Array(BLOCK_SIZE)).every((byte) => byte === 0)).toBe(true);
  });
});

describe('quantizeQ4_0', () => {
  it("gives ggml's own bytes", () => {
    expect(Buffer.from(quantizeQ4_0(SAMPLE)).toString('hex')).toBe('4cb4bf279d046ad248ae168ce35ac1379d15');
  });

  it('is off by at most one step, plus the rounding of the scale', () => {
    fc.assert(
      fc.property(blocks, (values) => {
        const bytes = quantizeQ4_0(values);
        expect(bytes).toHaveLength((values.length / 32) * 18);
        values.forEach((value, i) => {
          const block = Math.floor(i / 32);
          const step = largest(values, block) / 8;
          const byte = bytes[block * 18 + 2 + (i % 16)]!;
          const q = i % 32 < 16 ? byte & 15 : byte >> 4;
          const restored = scaleAt(bytes, block * 18) * (q - 8);
          expect(Math.abs(restored - value)).toBeLessThanOrEqual(step * (1 + 8 * 2 ** -11) + 1e-4);
        });
      }),
    );
  });

  it('makes a block of zeros zero', () => {
    expect([...quantizeQ4_0(new Float32Array(BLOCK_SIZE)).subarray(2)]).toEqual(new Array(16).fill(0x88));
  });
});
