import {
  METRIC_SPANS,
  METRICS,
  type Metric,
  type MetricScore,
  type SampleScore,
  type Spans,
  scoredMetric,
  type UnscorableReason,
} from '../../src/domain/score.js';

interface Rest {
  readonly metrics: readonly Metric[];
  readonly reason: UnscorableReason;
  readonly detail: string;
  readonly truncated: boolean;
}

/** The score whose spans are these; a metric without both of its own is unscorable. */
export function scoreOfSpans(
  spans: Spans,
  { metrics = METRICS, reason = 'not_finite', detail = 'Somewhere.', truncated = false }: Partial<Rest> = {},
): SampleScore {
  const scores = metrics.map((metric): [string, MetricScore] => {
    const conditioned = spans[METRIC_SPANS[metric].conditioned];
    const direct = spans[METRIC_SPANS[metric].direct];
    if (conditioned !== undefined && direct !== undefined) {
      return [metric, scoredMetric(conditioned, direct, truncated)];
    }
    const half =
      conditioned !== undefined
        ? { half: { side: 'conditioned', span: conditioned } as const }
        : direct !== undefined
          ? { half: { side: 'direct', span: direct } as const }
          : {};
    return [metric, { kind: 'unscorable', reason, detail, ...half, truncated }];
  });
  return { metrics: Object.fromEntries(scores) };
}
