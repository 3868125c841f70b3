import type { Metric } from '../domain/score.js';
import type { VariantScores } from './measurement.js';
import { decideEagerly } from './run-decision.js';
import { selectionPolicy } from './selection-policy.js';
import type { Variant } from './variant.js';

/** The two ratios of one record as the research code stores them: NaN, Infinity and 0 included. */
export type RecordedRatios = Readonly<Record<Metric, number>>;

/**
 * The variant that wins a row and passes the filter by the research code's own comparisons of what it stored.
 * Every comparison with NaN is false, so that an unscorable original drops its row; a 0, which stands for a
 * failed pass, is the best r-IFD there is and gets its row selected.
 */
export function recordedOutcome(row: Readonly<Record<Variant, RecordedRatios>>): Variant | undefined {
  const [base, reflected] =
    row.instruction.ifd > row.original.ifd
      ? (['instruction', 'both'] as const)
      : (['original', 'response'] as const);
  const winner = row[reflected].rifd < row[base].rifd ? reflected : base;
  return row[winner].rifd < 1 && row[winner].ifd < 1 ? winner : undefined;
}

const KEEP_ALL = selectionPolicy({ keep: 'all' });

/** The same by the rules of {@link decideEagerly}, where a missing score neither wins nor passes the filter. */
export function soundOutcome(scores: VariantScores): Variant | undefined {
  const decision = decideEagerly(scores, KEEP_ALL);
  return decision.kind === 'selected' ? decision.outcome : undefined;
}
