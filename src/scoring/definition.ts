import type { Sample } from '../domain/sample.js';
import type { Metric, UnscorableReason } from '../domain/score.js';
import type { SpanName } from '../domain/span-score.js';
import type { TokenizeOptions } from '../engine/scorer.js';
import type { Template } from '../prompt/template.js';

/**
 * A definition says which tokens the four spans are. It is pure and works in two steps, because tokenizing happens
 * elsewhere, in bulk: first it names the texts it needs as tokens, then it lays out the spans from their ids.
 */
export interface Definition {
  readonly name: DefinitionName;
  /** Changes whenever a score could. */
  readonly version: string;
  readonly tokenize: TokenizeOptions;
  texts(sample: Sample, settings: SpanSettings): readonly string[];
  /** `ids` are those of `texts(sample, settings)`, in the same order. */
  plan(sample: Sample, ids: readonly Int32Array[], settings: SpanSettings): SamplePlan;
}

export const DEFINITION_NAMES = ['exact', 'reference'] as const;
export type DefinitionName = (typeof DEFINITION_NAMES)[number];

export interface SpanSettings {
  readonly template: Template;
  readonly metrics: readonly Metric[];
  /** Longest sequence in tokens, start token included. */
  readonly maxLength: number;
  /** See Scorer.startToken; used by the exact definition only. */
  readonly startToken: number;
}

export type SpanPlan =
  | {
      readonly kind: 'span';
      readonly tokens: Int32Array;
      readonly begin: number;
      readonly end: number;
      /** The target was cut to fit. */
      readonly truncated: boolean;
    }
  | { readonly kind: 'unscorable'; readonly reason: UnscorableReason };

/** The spans of the requested metrics. */
export type SamplePlan = Readonly<Partial<Record<SpanName, SpanPlan>>>;

/** The same reason for both spans of a metric. */
export function unscorable(reason: UnscorableReason): SpanPlan {
  return { kind: 'unscorable', reason };
}
