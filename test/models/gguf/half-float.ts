const f32 = new Float32Array(1);
const bits = new Uint32Array(f32.buffer);

/** The IEEE binary16 bits of `value`, rounded to nearest even; overflow becomes infinity. */
export function toFloat16(value: number): number {
  f32[0] = value;
  const word = bits[0]!;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // From 65,520 on, half an ulp above the largest finite half, everything rounds to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 halves are multiples of 2^-24: adding 0.5 leaves exactly those bits in the float's mantissa.
  if (magnitude < 0x38800000) {
    f32[0] = Math.abs(value) + 0.5;
    return sign | (bits[0]! - 0x3f000000);
  }
  const rebiased = magnitude - 0x38000000;
  return sign | ((rebiased + 0x0fff + ((rebiased >>> 13) & 1)) >>> 13);
}

/** The bfloat16 bits of `value` (the upper half of a binary32), rounded to nearest even. */
export function toBfloat16(value: number): number {
  f32[0] = value;
  const word = bits[0]!;
  if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40;
  return ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) & 0xffff;
}
