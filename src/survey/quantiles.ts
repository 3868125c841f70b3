import type { Quantiles } from './survey.js';

/** The smallest value that at least `share` of all do not exceed. @param sorted - Ascending, at least one. */
export function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

export function quantilesOf(sorted: Float64Array): Quantiles {
  return {
    p5: quantile(sorted, 0.05),
    p25: quantile(sorted, 0.25),
    p50: quantile(sorted, 0.5),
    p75: quantile(sorted, 0.75),
    p95: quantile(sorted, 0.95),
  };
}
