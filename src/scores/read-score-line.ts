import {
  METRIC_SPANS,
  type Metric,
  type MetricScore,
  type SampleScore,
  scoredMetric,
  type UnscorableReason,
} from '../domain/score.js';
import type { SpanName, SpanScore } from '../domain/span-score.js';
import { isJsonObject } from '../util/json-value.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * The score in a finished line, for counting it again, as far as the line tells: a span's sum comes back from its mean
 * loss, so it may differ from the original in the last bit; per-token values are not read; and of two metrics without a
 * score both have the first one's reason.
 * @param metrics - Those that the line was made with.
 */
export function readScoreLine(line: string, metrics: readonly Metric[]): SampleScore {
  const fields = JSON.parse(line) as Fields;
  return {
    metrics: Object.fromEntries(metrics.map((metric) => [metric, readMetric(fields, metric)])),
    ...(isShortened(fields) && { isShortened: true }),
  };
}

function isShortened({ turns }: Fields): boolean {
  return Array.isArray(turns) && turns.some((turn) => isJsonObject(turn) && Number(turn.dropped_turns) > 0);
}

function readMetric(fields: Fields, metric: Metric): MetricScore {
  const conditioned = readSpan(fields, METRIC_SPANS[metric].conditioned);
  const direct = readSpan(fields, METRIC_SPANS[metric].direct);
  const truncated = fields.truncated === true;
  if (conditioned !== undefined && direct !== undefined) return scoredMetric(conditioned, direct, truncated);
  return {
    kind: 'unscorable',
    reason: fields.reason as UnscorableReason,
    detail: String(fields.detail),
    ...(conditioned && { half: { side: 'conditioned', span: conditioned } }),
    ...(direct && { half: { side: 'direct', span: direct } }),
    truncated,
  };
}

function readSpan(fields: Fields, name: SpanName): SpanScore | undefined {
  const loss = fields[`loss_${name}`];
  const tokenCount = fields[`tokens_${name}`];
  if (typeof loss !== 'number' || typeof tokenCount !== 'number') return undefined;
  return { sumLogprob: -loss * tokenCount, tokenCount };
}
