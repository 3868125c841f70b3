import { type Metric, type MetricScore, UNSCORABLE_REASONS } from '../domain/score.js';
import type { Variant } from './variant.js';

/** Why a variant has no value for a metric. Machine-readable. */
export const MISSING_REASONS = [
  ...UNSCORABLE_REASONS,
  /** There is no such variant: its reflection failed or changed nothing. */
  'no_candidate',
  /** Imported scores hold no usable number here: none at all, NaN, infinite, zero or negative. */
  'not_recorded',
] as const;
export type MissingReason = (typeof MISSING_REASONS)[number];

/** One metric of one variant: a positive finite ratio, or why there is none. */
export type Measurement =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'missing'; readonly reason: MissingReason };

/** IFD and r-IFD of every variant. */
export type VariantScores = Readonly<Record<Variant, Readonly<Record<Metric, Measurement>>>>;

/**
 * The measurement a computed ratio stands for. A ratio of perplexities is positive and finite; whatever else
 * `value` is (NaN, an overflow, a zero that stands for a failure) becomes `missing` for the given reason.
 */
export function measurement(value: number, otherwise: MissingReason): Measurement {
  return value > 0 && value < Number.POSITIVE_INFINITY
    ? { kind: 'value', value }
    : { kind: 'missing', reason: otherwise };
}

/** What a decision may rest on of a score. */
export function measurementOf(score: MetricScore): Measurement {
  if (score.kind === 'unscorable') return { kind: 'missing', reason: score.reason };
  return measurement(score.ratio, 'not_finite');
}
