import type { FilterFailPolicy, KeepPolicy } from '../options/choices.js';
import { checkOptions } from '../options/option-schema.js';
import { OPTIONS, type Options } from '../options/option-table.js';
import { defined } from '../util/defined.js';

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

const NAMES = ['maxIfd', 'maxRifd', 'keep', 'onFilterFail'] as const;

/** The published procedure. */
export const DEFAULT_POLICY: SelectionPolicy = {
  maxIfd: OPTIONS.maxIfd.default.value,
  maxRifd: OPTIONS.maxRifd.default.value,
  keep: OPTIONS.keep.default.value,
  onFilterFail: OPTIONS.onFilterFail.default.value,
};

/**
 * The default policy with `options` in its place.
 * @throws {ReflectionError} `invalid_option` for a threshold that is no positive number, and the like.
 */
export function selectionPolicy(options: Options<(typeof NAMES)[number]> = {}): SelectionPolicy {
  return { ...DEFAULT_POLICY, ...defined(checkOptions(NAMES, options)) };
}
