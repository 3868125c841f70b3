import type { Sample } from '../domain/sample.js';
import type { Metric, SpanSide, UnscorableReason } from '../domain/score.js';
import type { SpanRequest, TokenizeOptions } from '../engine/scorer.js';
import type { DefinitionName } from '../options/choices.js';
import type { Template } from '../prompt/template.js';

/**
 * A definition says which tokens the two spans of a metric are, of a sample that has the texts for it. It is pure and
 * works in two steps, because tokenizing happens elsewhere, in bulk: first it names the texts it needs as tokens, then it
 * lays out the spans from their ids.
 */
export interface Definition {
  readonly name: DefinitionName;
  /** Changes whenever a score could. */
  readonly version: string;
  readonly tokenize: TokenizeOptions;
  texts(metric: Metric, sample: Sample, settings: SpanSettings): readonly string[];
  /** `ids` are those of `texts(metric, sample, settings)`, in the same order. */
  plan(metric: Metric, ids: readonly Int32Array[], settings: SpanSettings): MetricPlan;
}

export interface SpanSettings {
  readonly template: Template;
  /** Longest sequence in tokens, start token included. */
  readonly maxLength: number;
  /** See Scorer.startToken; used by the exact definition only. */
  readonly startToken: number;
}

export interface PlannedSpan extends SpanRequest {
  readonly kind: 'span';
  /** The target was cut to fit. */
  readonly truncated: boolean;
}

export type SpanPlan = PlannedSpan | UnscorableSpan;

export interface UnscorableSpan {
  readonly kind: 'unscorable';
  readonly reason: UnscorableReason;
  /** One sentence for people, where the reason alone does not say it. */
  readonly detail?: string;
}

/** The two spans that a metric divides. */
export type MetricPlan = Readonly<Record<SpanSide, SpanPlan>>;

export function unscorable(reason: UnscorableReason, detail?: string): UnscorableSpan {
  return { kind: 'unscorable', reason, ...(detail !== undefined && { detail }) };
}

/** The plan of a metric neither of whose spans can be scored. */
export function unscorablePlan(reason: UnscorableReason, detail?: string): MetricPlan {
  const span = unscorable(reason, detail);
  return { conditioned: span, direct: span };
}
