import {
  type Metric,
  type MetricScore,
  type SampleScore,
  type SpanSide,
  scoredMetric,
  type UnscorableReason,
} from '../domain/score.js';
import type { SpanScore } from '../domain/span-score.js';
import type { ScoreOptions, Scorer, SpanOutcome } from '../engine/scorer.js';
import type { SpanPlan } from './definition.js';
import { explainUnscorable } from './explain-unscorable.js';
import { type PlannedMetric, type Planner, type ScoringTask, textsOf } from './planner.js';
import { SpanRequests } from './span-requests.js';

/** What became of a task. */
export interface TaskScore {
  /** Holds the task's metrics. */
  readonly score: SampleScore;
  /** Tokens that one forward pass per span would process. */
  readonly logicalTokens: number;
  /** Spans of it that equal one requested before it in the job. */
  readonly repeatedSpans: number;
}

/**
 * Scores tasks as one job: one call to tokenize, one to score, and each different span requested once. Rejects as
 * {@link Scorer.score} does; what is wrong with one task is its score.
 */
export async function scoreJob(
  scorer: Scorer,
  planner: Planner,
  tasks: readonly ScoringTask[],
  options: ScoreOptions,
): Promise<readonly TaskScore[]> {
  const texts = tasks.map(textsOf);
  const ids = await scorer.tokenize(texts.flat(), planner.tokenize);
  const requests = new SpanRequests();
  let at = 0;
  const requested = tasks.map((task, i) => {
    const own = ids.slice(at, at + texts[i]!.length);
    at += own.length;
    return requestTask(planner.plan(task, own), requests);
  });
  const outcomes = await scorer.score(requests.list, options);
  const { maxLength } = planner.settings;
  return requested.map(({ metrics, ...counts }) => ({
    score: { metrics: Object.fromEntries(metrics.map((metric) => assemble(metric, outcomes, maxLength))) },
    ...counts,
  }));
}

type RequestedSpan =
  | { readonly kind: 'requested'; readonly place: number; readonly truncated: boolean }
  | { readonly kind: 'unscorable'; readonly reason: UnscorableReason };

interface RequestedMetric extends Readonly<Record<SpanSide, RequestedSpan>> {
  readonly metric: Metric;
}

function requestTask(planned: readonly PlannedMetric[], requests: SpanRequests) {
  let logicalTokens = 0;
  let repeatedSpans = 0;
  const request = (span: SpanPlan): RequestedSpan => {
    if (span.kind === 'unscorable') return span;
    const { place, isRepeated } = requests.add(span);
    logicalTokens += span.tokens.length;
    repeatedSpans += isRepeated ? 1 : 0;
    return { kind: 'requested', place, truncated: span.truncated };
  };
  const metrics = planned.map(
    ({ metric, plan }): RequestedMetric => ({
      metric,
      conditioned: request(plan.conditioned),
      direct: request(plan.direct),
    }),
  );
  return { metrics, logicalTokens, repeatedSpans };
}

function assemble(
  { metric, ...spans }: RequestedMetric,
  outcomes: readonly SpanOutcome[],
  maxLength: number,
): readonly [Metric, MetricScore] {
  const conditioned = resultOf(spans.conditioned, outcomes);
  const direct = resultOf(spans.direct, outcomes);
  const truncated = [spans.conditioned, spans.direct].some(
    (span) => span.kind === 'requested' && span.truncated,
  );
  const unscorable = (reason: UnscorableReason) =>
    ({ kind: 'unscorable', reason, detail: explainUnscorable(reason, maxLength), truncated }) as const;
  if (typeof conditioned === 'string') {
    const half = typeof direct === 'string' ? {} : { half: { side: 'direct', span: direct } as const };
    return [metric, { ...unscorable(conditioned), ...half }];
  }
  if (typeof direct === 'string') {
    return [metric, { ...unscorable(direct), half: { side: 'conditioned', span: conditioned } }];
  }
  return [metric, scoredMetric(conditioned, direct, truncated)];
}

/** The score of a span, or why it has none. */
function resultOf(span: RequestedSpan, outcomes: readonly SpanOutcome[]): SpanScore | UnscorableReason {
  if (span.kind === 'unscorable') return span.reason;
  const { kind, ...score } = outcomes[span.place]!;
  return kind === 'scored' ? (score as SpanScore) : kind;
}
