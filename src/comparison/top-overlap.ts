import type { Metric } from '../domain/score.js';
import { chooseRows, type ScoreColumns } from '../selection/choose-rows.js';
import { DEFAULT_POLICY } from '../selection/selection-policy.js';

/** How far two scorers would choose the same rows for training. */
export interface TopOverlap {
  /** Of the rows that pass the thresholds, on each side by its own scores. */
  readonly percent: number;
  /** Rows that each side chose. */
  readonly chosen: readonly [a: number, b: number];
  readonly shared: number;
  /** `shared` by the larger choice; undefined when nobody chose anything. */
  readonly overlap: number | undefined;
  /** The share of all compared rows that one side chose and the other did not. */
  readonly differing: number;
}

/**
 * Both sides choose as `select --top` does: of the rows whose `metrics` lie below 1 the `percent` with the highest IFD.
 * @param a - The scores of the compared rows by one scorer.
 * @param b - Those by the other, in the same order.
 */
export function topOverlap(
  a: ScoreColumns,
  b: ScoreColumns,
  percent: number,
  metrics: readonly Metric[],
): TopOverlap {
  const options = { policy: DEFAULT_POLICY, top: percent, metrics };
  const chosenA = chooseRows(a, options).rows;
  const chosenB = new Set(chooseRows(b, options).rows);
  const shared = chosenA.reduce((count, row) => count + (chosenB.has(row) ? 1 : 0), 0);
  const larger = Math.max(chosenA.length, chosenB.size);
  return {
    percent,
    chosen: [chosenA.length, chosenB.size],
    shared,
    overlap: larger === 0 ? undefined : shared / larger,
    differing: a.ifd.length === 0 ? 0 : (chosenA.length + chosenB.size - 2 * shared) / a.ifd.length,
  };
}
