import type { UnscorableReason } from '../domain/score.js';
import type { Summary } from './summarize.js';

/** The reasons that occurred, the most frequent first. */
export function reasonsByCount(reasons: Summary['reasons']): [reason: UnscorableReason, count: number][] {
  const entries = Object.entries(reasons) as [UnscorableReason, number][];
  return entries.sort(([, a], [, b]) => b - a);
}
