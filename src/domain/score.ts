import type { SpanName, SpanScore } from './span-score.js';

/** Why a row, or one of its metrics, has no score. Machine-readable; written to the output as `reason`. */
export const UNSCORABLE_REASONS = [
  /** The line is not valid JSON. */
  'malformed_json',
  /** Valid JSON, but not an object. */
  'not_an_object',
  /** The bytes are not valid UTF-8. */
  'invalid_utf8',
  /** The row is larger than the reader accepts. */
  'row_too_large',
  /** `instruction` or `output` is absent. */
  'missing_field',
  /** `instruction`, `input` or `output` is not a string (null counts as absent for `input` only). */
  'wrong_type',
  /** A field holds a lone UTF-16 surrogate, which no tokenizer can encode. */
  'lone_surrogate',
  /** Nothing to score: the answer has no characters. */
  'empty_output',
  /** r-IFD only: there is no instruction to predict. */
  'empty_instruction',
  /** The prompt alone fills the maximum length, no answer token is left. */
  'prompt_too_long',
  /** r-IFD only: the reversed prompt (which holds the answer) fills the maximum length. */
  'reverse_prompt_too_long',
  /** Tokenizing left no token that has a predecessor to be predicted from. */
  'no_target_tokens',
  /** The student's own numbers are not finite (damaged weights, overflow). */
  'not_finite',
] as const;
export type UnscorableReason = (typeof UNSCORABLE_REASONS)[number];

export const METRICS = ['ifd', 'rifd'] as const;
export type Metric = (typeof METRICS)[number];

/** The spans each metric divides: conditioned over direct. */
export const METRIC_SPANS = {
  ifd: { conditioned: 'A_condition', direct: 'A_direct' },
  rifd: { conditioned: 'Q_condition', direct: 'Q_direct' },
} as const satisfies Record<Metric, { conditioned: SpanName; direct: SpanName }>;

/** The spans that could be scored. A missing key means "not computed"; there is no number for it. */
export type Spans = Readonly<Partial<Record<SpanName, SpanScore>>>;

export interface ScoredSample {
  readonly status: 'scored';
  /** Holds both spans of every requested metric. */
  readonly spans: Spans;
  /** True when a target was cut to the maximum length, so that the score covers only its head. */
  readonly truncated: boolean;
}

export interface UnscorableSample {
  readonly status: 'unscorable';
  readonly reason: UnscorableReason;
  /** One sentence for people: what is wrong, where, and what to do. */
  readonly detail: string;
  /** What could be scored all the same (e.g. IFD of a row whose r-IFD has no room). */
  readonly spans: Spans;
  readonly truncated: boolean;
}

/** A row is `scored` exactly when every requested metric was computed. */
export type SampleScore = ScoredSample | UnscorableSample;
