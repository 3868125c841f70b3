/** Every quantile is within this share of the exact one. */
export const QUANTILE_RELATIVE_ERROR = 0.005;

const GAMMA = (1 + QUANTILE_RELATIVE_ERROR) / (1 - QUANTILE_RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Leads from a bin's upper edge to the point at the same relative distance from both edges. */
const LOG_CENTRE = Math.log(2 / (1 + GAMMA));

/**
 * Quantiles of a stream of non-negative numbers without keeping them: counts in bins whose edges are powers of
 * GAMMA. Memory grows with the spread of the values, not their number: 230 bins per factor of ten, so never more
 * than 146,000. Source: Masson et al., "DDSketch", PVLDB 12(12), 2019, section 2.1.
 */
export class QuantileSketch {
  /** Bin i counts the values in (GAMMA^(i-1), GAMMA^i]; bin -Infinity counts the zeros. */
  readonly #bins = new Map<number, number>();
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = 0;

  /** @throws RangeError when `value` is negative or not finite. */
  add(value: number): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
      throw new RangeError(`a quantile sketch takes finite numbers from 0 on, not ${value}`);
    }
    const bin = Math.ceil(Math.log(value) / LOG_GAMMA);
    this.#bins.set(bin, (this.#bins.get(bin) ?? 0) + 1);
    this.#count += 1;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  get count(): number {
    return this.#count;
  }

  /**
   * The smallest added value that at least `share` (0 to 1) of all values do not exceed, to within
   * {@link QUANTILE_RELATIVE_ERROR}; exact for 0 and 1, the minimum and the maximum.
   *
   * @throws RangeError when nothing was added or `share` is above 1.
   */
  quantile(share: number): number {
    if (this.#count === 0) throw new RangeError('an empty quantile sketch has no quantiles');
    if (share === 0) return this.#min;
    if (share === 1) return this.#max;
    const rank = Math.ceil(share * this.#count);
    let reached = 0;
    for (const [bin, count] of [...this.#bins].sort(([a], [b]) => a - b)) {
      reached += count;
      if (reached >= rank) return this.#clamp(Math.exp(bin * LOG_GAMMA + LOG_CENTRE));
    }
    throw new RangeError(`a quantile's share is 0 to 1, not ${share}`);
  }

  /** A bin's centre may lie beyond the only value in it. */
  #clamp(value: number): number {
    return Math.min(Math.max(value, this.#min), this.#max);
  }
}
