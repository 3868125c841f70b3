import { perplexityRatio } from './ratio.js';
import type { SpanName, SpanScore } from './span-score.js';

/** Why a row, or one of its metrics, has no score. Machine-readable; written to the output as `reason`. */
export const UNSCORABLE_REASONS = [
  /** The line is not valid JSON. */
  'malformed_json',
  /** A record of separated values whose cells do not fit its columns, or whose quotes do not close. */
  'malformed_csv',
  /** Valid JSON, but not an object. */
  'not_an_object',
  /** The bytes are not valid UTF-8. */
  'invalid_utf8',
  /** The row is larger than the reader accepts. */
  'row_too_large',
  /** A column that the layout needs, such as `instruction` or `output`, is absent. */
  'missing_field',
  /** A text is not a string, or a list of messages not a list (null counts as absent for what may be absent). */
  'wrong_type',
  /** Two columns, or two keys of a message, that play one part say different things. */
  'contradicting_columns',
  /** A message is no object with a role and a content, or a string that encodes messages or tools cannot be read. */
  'malformed_messages',
  /** A tool call without a name, or with arguments that are no JSON object. */
  'malformed_tool_call',
  /** A message has a role that is none of ours by any name we know. */
  'unknown_role',
  /** A part of a message's content is no text: an image, a sound. */
  'not_text',
  /** Nobody answers in the conversation. */
  'no_assistant_turn',
  /** The row's own masks exclude every assistant turn. */
  'all_turns_masked',
  /** A field holds a lone UTF-16 surrogate, which no tokenizer can encode. */
  'lone_surrogate',
  /** The student's chat template refuses the conversation: a role, an order, tools. */
  'template_refuses',
  /** The chat template leaves a text out, or changes more than its leading and trailing whitespace. */
  'template_alters_text',
  /** The chat template writes the date of the day, and no date was given. */
  'template_needs_date',
  /** The definition is about one question and its answer, and the row is a conversation. */
  'not_a_sample',
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

/** How people call each metric. */
export const METRIC_TITLES = { ifd: 'IFD', rifd: 'r-IFD' } as const satisfies Record<Metric, string>;

/** The spans each metric divides: conditioned over direct, see {@link perplexityRatio}. */
export const METRIC_SPANS = {
  ifd: { conditioned: 'A_condition', direct: 'A_direct' },
  rifd: { conditioned: 'Q_condition', direct: 'Q_direct' },
} as const satisfies Record<Metric, Record<SpanSide, SpanName>>;

export const SPAN_SIDES = ['conditioned', 'direct'] as const;
export type SpanSide = (typeof SPAN_SIDES)[number];

export interface ScoredMetric {
  readonly kind: 'scored';
  /** The metric itself, see {@link perplexityRatio}. */
  readonly ratio: number;
  readonly conditioned: SpanScore;
  readonly direct: SpanScore;
  /** The target was cut to the maximum length, so that the score covers only its head. */
  readonly truncated: boolean;
}

export interface UnscorableMetric {
  readonly kind: 'unscorable';
  readonly reason: UnscorableReason;
  /** One sentence for people: what is wrong, where, and what to do. */
  readonly detail: string;
  /** The one of its two spans that could be scored all the same. */
  readonly half?: { readonly side: SpanSide; readonly span: SpanScore };
  readonly truncated: boolean;
}

/** One metric of one text, with what it was computed from, or why there is none. */
export type MetricScore = ScoredMetric | UnscorableMetric;

/** What the student says about one sample. */
export interface SampleScore {
  /** Those that were asked for; a missing one was not. */
  readonly metrics: Readonly<Partial<Record<Metric, MetricScore>>>;
  /** Of a conversation: some answer was shown without the first turns, which did not fit into the maximum length. */
  readonly isShortened?: true;
}

/** A sample's score where the compiler knows which metrics were asked for. */
export interface ScoreFor<Asked extends readonly Metric[]> {
  readonly metrics: number extends Asked['length']
    ? SampleScore['metrics']
    : Readonly<Record<Asked[number], MetricScore>>;
}

export function scoredMetric(conditioned: SpanScore, direct: SpanScore, truncated: boolean): ScoredMetric {
  return { kind: 'scored', ratio: perplexityRatio(conditioned, direct), conditioned, direct, truncated };
}

/** The score of a sample of which nothing can be scored. */
export function unscorableSample(
  metrics: readonly Metric[],
  { reason, detail }: Pick<UnscorableMetric, 'reason' | 'detail'>,
): SampleScore {
  const score: UnscorableMetric = { kind: 'unscorable', reason, detail, truncated: false };
  return { metrics: Object.fromEntries(metrics.map((metric) => [metric, score])) };
}

/** The first metric of a sample that has no score; undefined when all that were asked for have one. */
export function firstUnscorable({ metrics }: SampleScore): UnscorableMetric | undefined {
  return METRICS.map((metric) => metrics[metric]).find((score) => score?.kind === 'unscorable');
}

/** Whether a target was cut to the maximum length. */
export function isTruncated({ metrics }: SampleScore): boolean {
  return METRICS.some((metric) => metrics[metric]?.truncated);
}

/** The spans that could be scored. A missing one was not computed; there is no number for it. */
export type Spans = Readonly<Partial<Record<SpanName, SpanScore>>>;

export function spansOf({ metrics }: SampleScore): Spans {
  const spans: Partial<Record<SpanName, SpanScore>> = {};
  for (const metric of METRICS) {
    for (const side of SPAN_SIDES) {
      const score = metrics[metric];
      const span = score && sideOf(score, side);
      if (span !== undefined) spans[METRIC_SPANS[metric][side]] = span;
    }
  }
  return spans;
}

function sideOf(score: MetricScore, side: SpanSide): SpanScore | undefined {
  if (score.kind === 'scored') return score[side];
  return score.half?.side === side ? score.half.span : undefined;
}
