import { checkOptions } from '../options/option-schema.js';
import type { Measurement } from './measurement.js';

/** Keeps a count such as 2.3 % of 3000, which is 69 but computes as 68.99999999999999, from losing a row. */
const ROUNDING_SLACK = 1e-9;

/**
 * The places of the `percent` of `ifd` that are highest, in ascending order: the one rule for every "top so many
 * percent". `ifd` are those of the rows that pass the thresholds, and it is of these that the percentage is taken,
 * rounded down, not of the dataset they come from. Of equal ones the earlier goes first.
 * @throws {ReflectionError} `invalid_option` when `percent` is not above 0 and at most 100.
 */
export function topPlaces(ifd: Float64Array, percent: number): Uint32Array {
  checkOptions(['top'], { top: percent });
  const count = Math.floor((percent * ifd.length) / 100 + ROUNDING_SLACK);
  const ranked = Uint32Array.from(ifd.keys()).sort((a, b) => ifd[b]! - ifd[a]! || a - b);
  return ranked.subarray(0, count).sort();
}

/**
 * The `percent` of `survivors` with the highest IFD, see {@link topPlaces}, in their own order. A survivor without an
 * IFD never wins a place, and is not counted.
 * @throws {ReflectionError} `invalid_option` when `percent` is not above 0 and at most 100.
 */
export function topPercentByIfd<T>(
  survivors: Iterable<T>,
  percent: number,
  ifdOf: (survivor: T) => Measurement,
): T[] {
  const ranked: T[] = [];
  const values: number[] = [];
  for (const survivor of survivors) {
    const ifd = ifdOf(survivor);
    if (ifd.kind !== 'value') continue;
    ranked.push(survivor);
    values.push(ifd.value);
  }
  return Array.from(topPlaces(Float64Array.from(values), percent), (place) => ranked[place]!);
}
