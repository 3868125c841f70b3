import type { Sample } from '../../domain/sample.js';
import type { Metric, MetricScore } from '../../domain/score.js';
import type { Decision } from '../../selection/decision.js';
import type { Variant } from '../../selection/variant.js';
import type { ReflectedVariant, Reflection } from '../reflections/reflection.js';
import type { ReadRow, RecycledTurn } from './recycled-turn.js';

export type VariantReflections = Readonly<Partial<Record<ReflectedVariant, Reflection>>>;
export type VariantMetricScores = Readonly<Partial<Record<Variant, Partial<Record<Metric, MetricScore>>>>>;

/** All that happened to one turn. */
export interface DecidedTurn {
  readonly turn: RecycledTurn;
  readonly decision: Decision;
  /** Of the variants that were asked for. */
  readonly reflections: VariantReflections;
  /** Of the variants that exist, as far as they were asked for. */
  readonly scores: VariantMetricScores;
}

/** All that happened to one row. */
export interface DecidedRow {
  readonly row: ReadRow;
  /** Of those of its turns that are recycled, in order; at least one. */
  readonly turns: readonly DecidedTurn[];
}

/**
 * The turn whose decision stands for its row's: the last that is selected, else the last. So a row is kept where one of its
 * turns is.
 */
export function decidingTurn({ turns }: DecidedRow): DecidedTurn {
  return turns.findLast(({ decision }) => decision.kind === 'selected') ?? turns.at(-1)!;
}

/** The text of a variant, if there is such a variant. */
export function variantSample(
  turn: RecycledTurn,
  reflections: VariantReflections,
  variant: Variant,
): Sample | undefined {
  if (variant === 'original') return turn.sample;
  const reflection = reflections[variant];
  return reflection?.kind === 'candidate' ? reflection.sample : undefined;
}
