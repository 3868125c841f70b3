import type { Metric } from '../domain/score.js';
import { FILTER_FAILURES, type FilterVerdict } from './accept-metric.js';
import type { ComparisonReason } from './compare.js';
import type { Measurement } from './measurement.js';
import type { BaseVariant, Variant } from './variant.js';

/** Why a row is not in the selection. */
export const REJECTION_REASONS = [
  /** The winner fails the final filter, and so does every variant tried in its place. */
  ...FILTER_FAILURES,
  /** Only reflected responses are kept, and the student does not prefer this row's. */
  'response_not_better',
  /** Only reflected responses are kept, and this row's could not be scored. */
  'response_unscorable',
  /** Only reflected responses are kept, and this row has none: its reflection failed or changed nothing. */
  'no_response_candidate',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** One step of a decision. */
export type DecisionStep =
  | {
      readonly kind: 'instruction';
      readonly chosen: BaseVariant;
      readonly reason: ComparisonReason;
    }
  | {
      readonly kind: 'response';
      /** The variant whose response was reflected. */
      readonly base: BaseVariant;
      readonly chosen: Variant;
      readonly reason: ComparisonReason;
    }
  | { readonly kind: 'filter'; readonly variant: Variant; readonly verdict: FilterVerdict };

/** What a decision rests on. */
export interface Evidence {
  /** Every score that was asked for and no other. */
  readonly scores: Readonly<Partial<Record<Variant, Readonly<Partial<Record<Metric, Measurement>>>>>>;
  /** The branch taken: each comparison and each filter, in the order they were made. */
  readonly steps: readonly DecisionStep[];
}

/** What becomes of a row. */
export type Decision =
  | { readonly kind: 'selected'; readonly outcome: Variant; readonly evidence: Evidence }
  | {
      readonly kind: 'rejected';
      /** The variant that won the comparisons. */
      readonly winner: Variant;
      readonly reason: RejectionReason;
      readonly evidence: Evidence;
    };
