import {
  type ChatScore,
  meanOverTurns,
  scoredTurns,
  TURN_METRICS,
  type TurnMetric,
  type TurnScore,
} from '../../domain/chat-score.js';
import type { MetricScore, SpanSide } from '../../domain/score.js';
import { loss, type SpanScore } from '../../domain/span-score.js';
import type { JsonObject } from '../../util/json-value.js';
import { finite, logprobs, ratioOf, type ScoreFieldsOptions } from './score-numbers.js';

/** The spans of a turn by name: those of a sample, and the answer after all that precedes it but the question. */
const TURN_SPANS = {
  A_condition: ['ifd', 'conditioned'],
  A_history: ['ifd_turn', 'direct'],
  A_direct: ['ifd', 'direct'],
  Q_condition: ['rifd', 'conditioned'],
  Q_direct: ['rifd', 'direct'],
} as const satisfies Record<string, readonly [TurnMetric, SpanSide]>;

/** The fields that a conversation has beside those of a sample, which are about all its turns together. */
export function chatFields({ turns }: ChatScore, options: ScoreFieldsOptions): JsonObject {
  const figures = TURN_METRICS.map((metric) => figuresOf(turns, metric));
  const mean = turns.some(({ metrics }) => metrics.ifd_turn)
    ? ratioOf(meanOverTurns(turns, 'ifd_turn'))
    : null;
  return {
    ifd_turn_ppl: mean,
    ...Object.assign({}, ...figures),
    turns: turns.map((turn) => turnFields(turn, options)),
  };
}

function figuresOf(turns: readonly TurnScore[], metric: TurnMetric): JsonObject {
  const ratios = scoredTurns(turns, metric).map(({ ratio }) => ratio);
  return {
    [`${metric}_ppl_largest`]: ratios.length === 0 ? null : finite(Math.max(...ratios)),
    [`${metric}_ppl_last`]: ratioOf(turns.at(-1)?.metrics[metric]),
  };
}

function turnFields(
  { turn, droppedTurns, metrics }: TurnScore,
  { perToken }: ScoreFieldsOptions,
): JsonObject {
  const { ifd, ifd_turn: ifdTurn, rifd } = metrics;
  const spans = Object.entries(TURN_SPANS).map(
    ([name, [metric, side]]) => [name, spanOf(metrics[metric], side)] as const,
  );
  const perSpan = (prefix: string, read: (span: SpanScore) => unknown) =>
    Object.fromEntries(
      spans.map(([name, span]) => [`${prefix}_${name}`, span === undefined ? null : read(span)]),
    );
  const unscorable = [ifd, rifd].find(isUnscorable);
  const problem = unscorable ?? [ifdTurn].find(isUnscorable);
  return {
    turn,
    dropped_turns: droppedTurns,
    ifd_ppl: ratioOf(ifd),
    ifd_turn_ppl: ratioOf(ifdTurn),
    rifd_ppl: ratioOf(rifd),
    ...perSpan('loss', (span) => finite(loss(span))),
    tokens_A: tokensOf(ifd),
    tokens_Q: tokensOf(rifd),
    truncated: [ifd, rifd].some((score) => score?.truncated),
    status: unscorable === undefined ? 'scored' : 'unscorable',
    reason: problem?.reason ?? null,
    detail: problem?.detail ?? null,
    ...(perToken && perSpan('logprobs', logprobs)),
  };
}

function isUnscorable(score: MetricScore | undefined): score is Extract<MetricScore, { kind: 'unscorable' }> {
  return score?.kind === 'unscorable';
}

function spanOf(score: MetricScore | undefined, side: SpanSide): SpanScore | undefined {
  if (score?.kind === 'scored') return score[side];
  return score?.half?.side === side ? score.half.span : undefined;
}

function tokensOf(score: MetricScore | undefined): number | null {
  return spanOf(score, 'conditioned')?.tokenCount ?? spanOf(score, 'direct')?.tokenCount ?? null;
}
