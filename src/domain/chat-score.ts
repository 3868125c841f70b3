import { type Metric, type MetricScore, type SampleScore, type ScoredMetric, scoredMetric } from './score.js';
import type { SpanScore } from './span-score.js';

/** The metrics of one turn: those of a sample, and what the last question alone does to the answer. */
export const TURN_METRICS = ['ifd', 'ifd_turn', 'rifd'] as const;
export type TurnMetric = (typeof TURN_METRICS)[number];

/** What the student says about one answer within a conversation. */
export interface TurnScore {
  /** Index of the answer among the conversation's turns, a system prompt included. */
  readonly turn: number;
  /** Turns that were left out before it, counted from the beginning, so that the rest fits the maximum length. */
  readonly droppedTurns: number;
  /**
   * `ifd`: the perplexity of the answer after everything before it, over that of the answer alone. `ifd_turn`: the same over
   * that of the answer after everything before it but the last user's message, which shows what that message does:
   * beside the answer alone late turns look easy merely because the history repeats itself. `rifd`: the perplexity of the
   * last user's message after a request to guess it from the answer, over that of the message alone. Those that were
   * asked for; `ifd_turn` goes with `ifd`.
   */
  readonly metrics: Readonly<Partial<Record<TurnMetric, MetricScore>>>;
}

/** What the student says about the answers of a conversation. */
export interface ChatScore extends SampleScore {
  /** In order, at least one. */
  readonly turns: readonly TurnScore[];
}

export function isChatScore(score: SampleScore): score is ChatScore {
  return 'turns' in score;
}

/**
 * The score of a conversation: of each metric the mean of its logarithm over all scored tokens of its turns, which is the
 * ratio of the perplexities of all its answers, taken together. Turns without a score do not count; where none has one
 * the conversation has none either, for the reason of the first.
 */
export function chatScore(turns: readonly TurnScore[], metrics: readonly Metric[]): ChatScore {
  return {
    metrics: Object.fromEntries(metrics.map((metric) => [metric, meanOverTurns(turns, metric)])),
    ...(turns.some(({ droppedTurns }) => droppedTurns > 0) && { isShortened: true }),
    turns,
  };
}

/** See {@link chatScore}. */
export function meanOverTurns(turns: readonly TurnScore[], metric: TurnMetric): MetricScore {
  const scored = scoredTurns(turns, metric);
  const truncated = turns.some(({ metrics }) => metrics[metric]?.truncated);
  const first = scored[0];
  if (first === undefined) return { ...turns[0]!.metrics[metric]!, truncated };
  // a single turn keeps its very numbers, those of its tokens included
  if (scored.length === 1) return { ...first, truncated };
  return scoredMetric(
    joined(scored.map(({ conditioned }) => conditioned)),
    joined(scored.map(({ direct }) => direct)),
    truncated,
  );
}

/** The scores that turns have of a metric, in order. */
export function scoredTurns(turns: readonly TurnScore[], metric: TurnMetric): readonly ScoredMetric[] {
  return turns.flatMap(({ metrics }) => {
    const score = metrics[metric];
    return score?.kind === 'scored' ? [score] : [];
  });
}

function joined(spans: readonly SpanScore[]): SpanScore {
  return {
    sumLogprob: spans.reduce((sum, { sumLogprob }) => sum + sumLogprob, 0),
    tokenCount: spans.reduce((sum, { tokenCount }) => sum + tokenCount, 0),
  };
}

/** What the student says about both sides of a preference. */
export interface PreferenceScore {
  readonly chosen: SampleScore;
  readonly rejected: SampleScore;
}

/** What there is to say about a row. */
export type RowScore = SampleScore | PreferenceScore;

export function isPreferenceScore(score: RowScore): score is PreferenceScore {
  return 'rejected' in score;
}
