import type { RowLoss } from '../trial/task.js';
import type { Round } from './study.js';

/**
 * Largest difference between what two entries say about one sample's mean loss, in nats, over the samples that both
 * scored; 0 when there is nothing to compare, Infinity when only one has a score.
 */
export function largestDisagreement(rounds: readonly Round[]): number {
  const all = rounds.flatMap((round) => [...round.values()]).map(({ losses }) => losses);
  const known = new Map<number, RowLoss[1]>();
  let largest = 0;
  for (const [row, loss] of all.flat()) {
    const earlier = known.get(row);
    if (earlier === undefined) known.set(row, loss);
    else largest = Math.max(largest, difference(earlier, loss));
  }
  return largest;
}

function difference(a: number | null, b: number | null): number {
  if (a === null || b === null) return a === b ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(a - b);
}
