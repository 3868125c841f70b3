import { ReflectionError } from '../errors.js';
import type { FilterFailPolicy, KeepPolicy } from '../options/choices.js';

export interface SelectionPolicy {
  /** An accepted variant's IFD lies strictly below this. Infinity accepts any value, but never a missing one. */
  readonly maxIfd: number;
  /** The same for r-IFD. */
  readonly maxRifd: number;
  /**
   * `response-reflected` drops rows whose unreflected response wins, so that all answers in the result are the
   * teacher's, as published; `all` keeps them.
   */
  readonly keep: KeepPolicy;
  /**
   * What follows when the winner fails a threshold. `drop` rejects the row, as published. `next-best` tries the
   * other variants that `keep` allows: first the one the winner's response was compared with, then the same two
   * for the instruction that lost. That may cost a third teacher call.
   */
  readonly onFilterFail: FilterFailPolicy;
}

/** The published procedure. */
export const DEFAULT_POLICY: SelectionPolicy = {
  maxIfd: 1,
  maxRifd: 1,
  keep: 'response-reflected',
  onFilterFail: 'drop',
};

/**
 * The default policy with `options` in its place.
 * @throws {ReflectionError} `invalid_option` when a threshold is not a positive number.
 */
export function selectionPolicy(options: Partial<SelectionPolicy> = {}): SelectionPolicy {
  const policy = { ...DEFAULT_POLICY, ...options };
  for (const name of ['maxIfd', 'maxRifd'] as const) {
    if (policy[name] > 0) continue;
    throw new ReflectionError('invalid_option', `${name} is ${policy[name]}, which no score lies below.`, {
      remedy: `Give ${name} a number above 0; 1 is the published threshold.`,
    });
  }
  return policy;
}
