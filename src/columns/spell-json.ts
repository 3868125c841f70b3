/** Stands for a text whose bytes are no UTF-8; as JSON it cannot come from anything else. */
export const INVALID_TEXT = '"\uFFFD" ';

/** Whether a row has a text that could not be read. */
export function hasInvalidText(json: string): boolean {
  return json.includes(INVALID_TEXT);
}

/** A number as JSON, null for what is not finite. @param shorten - Makes fewer digits of it. */
export function spellNumber(value: number, shorten: (value: number) => number = (same) => same): string {
  if (!Number.isFinite(value)) return 'null';
  return Object.is(value, -0) ? '-0' : String(shorten(value));
}

/** Of the 16 bits of a number of half precision. */
export function spellFloat16(bits: number): string {
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const sign = bits >> 15 === 0 ? 1 : -1;
  if (exponent === 0x1f) return 'null';
  return spellNumber(
    exponent === 0
      ? sign * 2 ** -14 * (fraction / 1024)
      : sign * 2 ** (exponent - 15) * (1 + fraction / 1024),
  );
}
