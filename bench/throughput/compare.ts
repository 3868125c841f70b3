import { type Spread, spreadOf } from '../report/statistics.js';
import { type ContenderName, PROMPT_TOKENS, type TrialResult } from '../trial/task.js';
import { type ForwardCost, prefillWithHead } from './forward-cost.js';
import type { Trials } from './run-rounds.js';

/** What our engine is compared with: the other contenders, and prefill with the output rows that `ours` had. */
export type Opponent = Exclude<ContenderName, 'ours'> | 'prefill + head';

/** Ratios of speed that `ours` is to reach on the GPT-2 shape in F16 or F32. */
export const TARGETS: Readonly<Partial<Record<Opponent, number>>> = { plain: 1.3, prefill: 1 };

export interface Ratio {
  readonly opponent: Opponent;
  /** Speed of `ours` by that of the opponent, one for each round. */
  readonly samples: readonly number[];
  readonly spread: Spread;
  readonly target: number | null;
  /** By the median; null without a target. */
  readonly verdict: 'PASS' | 'BELOW' | null;
}

/** Speed of `ours` against everyone else's, round by round; empty when `ours` did not take part. */
export function ratios(trials: Trials, cost: ForwardCost, targets: typeof TARGETS): readonly Ratio[] {
  const ours = trials.get('ours');
  if (ours === undefined) return [];
  const speeds = new Map<Opponent, readonly number[]>();
  for (const [contender, results] of trials) {
    if (contender === 'ours') continue;
    speeds.set(contender, results.map(tokensPerSecond));
    if (contender === 'prefill') speeds.set('prefill + head', speedsWithHead(ours, results, cost));
  }
  return Array.from(speeds, ([opponent, theirs]): Ratio => {
    const samples = theirs.map((speed, round) => tokensPerSecond(ours[round]!) / speed);
    const spread = spreadOf(samples);
    const target = targets[opponent] ?? null;
    const verdict = target === null ? null : spread.median >= target ? 'PASS' : 'BELOW';
    return { opponent, samples, spread, target, verdict };
  });
}

export function tokensPerSecond({ tokens, seconds }: TrialResult): number {
  return tokens / seconds;
}

/** What `prefill` would do, round by round, if it also computed the head for as many rows a token as `ours`. */
export function speedsWithHead(
  ours: readonly TrialResult[],
  prefill: readonly TrialResult[],
  cost: ForwardCost,
): readonly number[] {
  return prefill.map((result, round) => {
    const { facts, tokens } = ours[round]!;
    return prefillWithHead(tokensPerSecond(result), cost, Number(facts.outputRows) / tokens, PROMPT_TOKENS);
  });
}

/**
 * Largest difference between what two contenders say about one sample's mean loss, in nats, over the samples both
 * scored; 0 when there is nothing to compare, Infinity when only one has a score.
 */
export function largestDisagreement(trials: Trials): number {
  const all = [...trials.values()].flat().map(({ losses }) => losses);
  const longest = all.reduce((best, losses) => (losses.length > best.length ? losses : best), []);
  const differences = all.flatMap((losses) => losses.map((loss, row) => difference(loss, longest[row]!)));
  return differences.reduce((a, b) => Math.max(a, b), 0);
}

function difference(a: number | null, b: number | null): number {
  if (a === null || b === null) return a === b ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(a - b);
}
