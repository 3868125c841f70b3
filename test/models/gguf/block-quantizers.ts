import { toFloat16 } from './half-float.js';

/** Weights per block of Q8_0 and Q4_0. */
export const BLOCK_SIZE = 32;

/** Bytes per block: a half-precision scale and 32 signed bytes. */
export const Q8_0_BYTES = 34;

/** Bytes per block: a half-precision scale and 32 nibbles. */
export const Q4_0_BYTES = 18;

/**
 * Symmetric 8-bit blocks, as ggml's reference quantizer makes them: scale = max |x| / 127, x = scale * q.
 * `values.length` must be a multiple of {@link BLOCK_SIZE}.
 */
export function quantizeQ8_0(values: Float32Array): Uint8Array {
  const out = new Uint8Array((values.length / BLOCK_SIZE) * Q8_0_BYTES);
  for (let start = 0, at = 0; start < values.length; start += BLOCK_SIZE, at += Q8_0_BYTES) {
    const scale = Math.fround(Math.abs(extreme(values, start)) / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    writeScale(out, at, scale);
    for (let i = 0; i < BLOCK_SIZE; i++) {
      out[at + 2 + i] = roundHalfAway(Math.fround(values[start + i]! * inverse));
    }
  }
  return out;
}

/**
 * 4-bit blocks, as ggml's reference quantizer makes them: scale = -x_max / 8 for the weight x_max of largest
 * magnitude, x = scale * (q - 8) with q in 0..15. Weights i and i + 16 share a byte, the first in the low nibble.
 * `values.length` must be a multiple of {@link BLOCK_SIZE}.
 */
export function quantizeQ4_0(values: Float32Array): Uint8Array {
  const half = BLOCK_SIZE / 2;
  const out = new Uint8Array((values.length / BLOCK_SIZE) * Q4_0_BYTES);
  for (let start = 0, at = 0; start < values.length; start += BLOCK_SIZE, at += Q4_0_BYTES) {
    const scale = extreme(values, start) / -8;
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const nibble = (i: number) =>
      Math.min(15, Math.trunc(Math.fround(Math.fround(values[start + i]! * inverse) + 8.5)));
    writeScale(out, at, scale);
    for (let i = 0; i < half; i++) out[at + 2 + i] = nibble(i) | (nibble(i + half) << 4);
  }
  return out;
}

/** The first weight of largest magnitude in the block, with its sign. */
function extreme(values: Float32Array, start: number): number {
  let found = 0;
  for (let i = start; i < start + BLOCK_SIZE; i++) {
    if (Math.abs(values[i]!) > Math.abs(found)) found = values[i]!;
  }
  return found;
}

function writeScale(out: Uint8Array, at: number, scale: number): void {
  const half = toFloat16(scale);
  out[at] = half & 0xff;
  out[at + 1] = half >>> 8;
}

/** C's `roundf`; `Math.round` would take -0.5 towards zero. */
function roundHalfAway(value: number): number {
  return value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
}
