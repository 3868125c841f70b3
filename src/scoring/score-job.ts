import { chatScore, type TurnMetric } from '../domain/chat-score.js';
import {
  type Metric,
  type MetricScore,
  type SampleScore,
  type SpanSide,
  scoredMetric,
} from '../domain/score.js';
import type { SpanScore } from '../domain/span-score.js';
import type { ScoreOptions, Scorer, SpanOutcome } from '../engine/scorer.js';
import { type SpanPlan, type UnscorableSpan, unscorable } from './definition.js';
import { explainUnscorable } from './explain-unscorable.js';
import type { Planner } from './planner.js';
import { SpanRequests } from './span-requests.js';
import { type PlannedMetric, type PlannedTask, planTasks, type ScoringTask } from './task.js';

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
 * Scores tasks as one job: each round of texts is tokenized together, and each different span requested once. Rejects as
 * {@link Scorer.score} does; what is wrong with one task is its score.
 */
export async function scoreJob(
  scorer: Scorer,
  planner: Pick<Planner, 'maxLength'>,
  tasks: readonly ScoringTask[],
  options: ScoreOptions,
): Promise<readonly TaskScore[]> {
  return await scorePlannedTasks(scorer, planner, await planTasks(scorer, tasks), options);
}

/** The second half of {@link scoreJob}, which hands its requests to the scorer before it first waits. */
export async function scorePlannedTasks(
  scorer: Pick<Scorer, 'score'>,
  { maxLength }: Pick<Planner, 'maxLength'>,
  tasks: readonly PlannedTask[],
  options: ScoreOptions,
): Promise<readonly TaskScore[]> {
  const requests = new SpanRequests();
  const requested = tasks.map((task) => requestTask(task, requests));
  const outcomes = await scorer.score(requests.list, options);
  return requested.map(({ task, ...counts }) => ({ score: scoreOf(task, outcomes, maxLength), ...counts }));
}

type RequestedSpan =
  | { readonly kind: 'requested'; readonly place: number; readonly truncated: boolean }
  | UnscorableSpan;

interface RequestedMetric<Name extends TurnMetric> extends Readonly<Record<SpanSide, RequestedSpan>> {
  readonly metric: Name;
}

type RequestedTask =
  | { readonly kind: 'sample'; readonly metrics: readonly RequestedMetric<Metric>[] }
  | {
      readonly kind: 'chat';
      readonly metrics: readonly Metric[];
      readonly turns: readonly {
        readonly turn: number;
        readonly droppedTurns: number;
        readonly metrics: readonly RequestedMetric<TurnMetric>[];
      }[];
    };

function requestTask(task: PlannedTask, requests: SpanRequests) {
  let logicalTokens = 0;
  let repeatedSpans = 0;
  /** A span that two metrics of a turn share is one. */
  const known = new Map<SpanPlan, RequestedSpan>();
  const request = (span: SpanPlan): RequestedSpan => {
    if (span.kind === 'unscorable') return span;
    const before = known.get(span);
    if (before !== undefined) return before;
    const { place, isRepeated } = requests.add(span);
    logicalTokens += span.tokens.length;
    repeatedSpans += isRepeated ? 1 : 0;
    const requested = { kind: 'requested', place, truncated: span.truncated } as const;
    known.set(span, requested);
    return requested;
  };
  const requestMetric = <Name extends TurnMetric>({
    metric,
    plan,
  }: PlannedMetric<Name>): RequestedMetric<Name> => ({
    metric,
    conditioned: request(plan.conditioned),
    direct: request(plan.direct),
  });
  const requested: RequestedTask =
    task.kind === 'sample'
      ? { kind: 'sample', metrics: task.metrics.map(requestMetric) }
      : { ...task, turns: task.turns.map((turn) => ({ ...turn, metrics: turn.metrics.map(requestMetric) })) };
  return { task: requested, logicalTokens, repeatedSpans };
}

function scoreOf(task: RequestedTask, outcomes: readonly SpanOutcome[], maxLength: number): SampleScore {
  const scores = <Name extends TurnMetric>(metrics: readonly RequestedMetric<Name>[]) =>
    Object.fromEntries(
      metrics.map((metric) => [metric.metric, assemble(metric, outcomes, maxLength)]),
    ) as Partial<Record<Name, MetricScore>>;
  if (task.kind === 'sample') return { metrics: scores(task.metrics) };
  const turns = task.turns.map(({ metrics, ...turn }) => ({ ...turn, metrics: scores(metrics) }));
  return chatScore(turns, task.metrics);
}

function assemble(
  spans: Readonly<Record<SpanSide, RequestedSpan>>,
  outcomes: readonly SpanOutcome[],
  maxLength: number,
): MetricScore {
  const conditioned = resultOf(spans.conditioned, outcomes);
  const direct = resultOf(spans.direct, outcomes);
  const truncated = [spans.conditioned, spans.direct].some(
    (span) => span.kind === 'requested' && span.truncated,
  );
  const without = ({ reason, detail }: UnscorableSpan) =>
    ({
      kind: 'unscorable',
      reason,
      detail: detail ?? explainUnscorable(reason, maxLength),
      truncated,
    }) as const;
  if ('kind' in conditioned) {
    const half = 'kind' in direct ? {} : { half: { side: 'direct', span: direct } as const };
    return { ...without(conditioned), ...half };
  }
  if ('kind' in direct) return { ...without(direct), half: { side: 'conditioned', span: conditioned } };
  return scoredMetric(conditioned, direct, truncated);
}

/** The score of a span, or why it has none. */
function resultOf(span: RequestedSpan, outcomes: readonly SpanOutcome[]): SpanScore | UnscorableSpan {
  if (span.kind === 'unscorable') return span;
  const { kind, ...score } = outcomes[span.place]!;
  return kind === 'scored' ? (score as SpanScore) : unscorable(kind);
}
