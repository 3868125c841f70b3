/**
 * The four log-prob sums that IFD and r-IFD are made of. `Q` is the question side (instruction and input), `A`
 * the answer; `direct` is the text alone, `condition` the text after its context (the prompt for `A`, the
 * reversed prompt for `Q`). The names are those of the research code's output files.
 */
export const SPAN_NAMES = ['Q_direct', 'A_direct', 'Q_condition', 'A_condition'] as const;
export type SpanName = (typeof SPAN_NAMES)[number];

/** What the student said about one target span. */
export interface SpanScore {
  /** Sum of ln p(token | everything before it) over the span, in nats; finite and at most 0. */
  readonly sumLogprob: number;
  /** Scored tokens; at least 1. */
  readonly tokenCount: number;
  /** ln p of each scored token, in order, when per-token values were asked for. */
  readonly logprobs?: Float32Array;
}

/** Mean negative log-prob per token, in nats: L(t|c) = -(1/n) sum ln p. */
export function loss(span: SpanScore): number {
  return -span.sumLogprob / span.tokenCount;
}

/** Perplexity, exp(loss): the inverse geometric mean probability of the span's tokens. */
export function perplexity(span: SpanScore): number {
  return Math.exp(loss(span));
}
