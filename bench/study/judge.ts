import { type Spread, spreadOf } from '../report/statistics.js';
import type { Claim, Round, Target } from './study.js';

/** What became of a claim. */
export type Finding =
  | {
      readonly kind: 'measured';
      readonly claim: Claim;
      /** One a round. */
      readonly samples: readonly number[];
      readonly spread: Spread;
      /** By the median; null without a target. `BELOW`: short of what counts as done. */
      readonly verdict: 'PASS' | 'BELOW' | null;
      /** Whether the aim is reached too; null without one. */
      readonly reachesAim: boolean | null;
    }
  /** Somebody who is needed took no part. */
  | { readonly kind: 'unmeasured'; readonly claim: Claim; readonly missing: readonly string[] };

export function judge(claim: Claim, rounds: readonly Round[]): Finding {
  const missing = claim.needs.filter((name) => !rounds.every((round) => round.has(name)));
  if (missing.length > 0 || rounds.length === 0) return { kind: 'unmeasured', claim, missing };
  const samples = rounds.map(claim.measure);
  const spread = spreadOf(samples);
  const { target } = claim;
  return {
    kind: 'measured',
    claim,
    samples,
    spread,
    verdict: target === undefined ? null : reaches(spread.median, target, target.done) ? 'PASS' : 'BELOW',
    reachesAim: target?.aim === undefined ? null : reaches(spread.median, target, target.aim),
  };
}

function reaches(value: number, { direction }: Target, mark: number): boolean {
  return direction === 'at least' ? value >= mark : value <= mark;
}
