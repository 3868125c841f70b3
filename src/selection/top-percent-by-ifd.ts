import { checkOptions } from '../options/option-schema.js';
import type { Measurement } from './measurement.js';

/** Keeps a count such as 2.3 % of 3000, which is 69 but computes as 68.99999999999999, from losing a row. */
const ROUNDING_SLACK = 1e-9;

/**
 * The `percent` of `survivors` with the highest IFD, in their own order. The count is rounded down and taken of
 * the survivors that have an IFD, not of the dataset they come from; a missing score never wins a place. Of
 * equal scores the earlier survivor goes first.
 * @throws {ReflectionError} `invalid_option` when `percent` is not above 0 and at most 100.
 */
export function topPercentByIfd<T>(
  survivors: Iterable<T>,
  percent: number,
  ifdOf: (survivor: T) => Measurement,
): T[] {
  checkOptions(['top'], { top: percent });
  const ranked: { survivor: T; ifd: number; position: number }[] = [];
  for (const survivor of survivors) {
    const ifd = ifdOf(survivor);
    if (ifd.kind === 'value') ranked.push({ survivor, ifd: ifd.value, position: ranked.length });
  }
  const count = Math.floor((percent * ranked.length) / 100 + ROUNDING_SLACK);
  return ranked
    .sort((a, b) => b.ifd - a.ifd)
    .slice(0, count)
    .sort((a, b) => a.position - b.position)
    .map(({ survivor }) => survivor);
}
