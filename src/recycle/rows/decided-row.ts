import type { SampleRow } from '../../dataset/row.js';
import type { Sample } from '../../domain/sample.js';
import type { Metric, MetricScore } from '../../domain/score.js';
import type { Decision } from '../../selection/decision.js';
import type { Variant } from '../../selection/variant.js';
import type { ReflectedVariant, Reflection } from '../reflections/reflection.js';

export type VariantReflections = Readonly<Partial<Record<ReflectedVariant, Reflection>>>;
export type VariantMetricScores = Readonly<Partial<Record<Variant, Partial<Record<Metric, MetricScore>>>>>;

/** All that happened to one row. */
export interface DecidedRow {
  readonly row: SampleRow;
  readonly decision: Decision;
  /** Of the variants that were asked for. */
  readonly reflections: VariantReflections;
  /** Of the variants that exist, as far as they were asked for. */
  readonly scores: VariantMetricScores;
}

/** The text of a variant, if there is such a variant. */
export function variantSample(
  row: SampleRow,
  reflections: VariantReflections,
  variant: Variant,
): Sample | undefined {
  if (variant === 'original') return row.sample;
  const reflection = reflections[variant];
  return reflection?.kind === 'candidate' ? reflection.sample : undefined;
}
