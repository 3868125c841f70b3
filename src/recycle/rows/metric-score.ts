import { ifd, rifd } from '../../domain/ifd.js';
import type { Metric, UnscorableReason } from '../../domain/score.js';
import type { SpanScore } from '../../domain/span-score.js';
import { type Measurement, measurement } from '../../selection/measurement.js';

/** One metric of one text, with what it was computed from, or why there is none. */
export type MetricScore =
  | {
      readonly kind: 'scored';
      readonly conditioned: SpanScore;
      readonly direct: SpanScore;
      /** The target was cut to the maximum length. */
      readonly truncated: boolean;
    }
  | { readonly kind: 'unscorable'; readonly reason: UnscorableReason };

const RATIOS = { ifd, rifd } as const satisfies Record<Metric, typeof ifd>;

/** The ratio that decisions rest on. */
export function measurementOf(metric: Metric, score: MetricScore): Measurement {
  if (score.kind === 'unscorable') return { kind: 'missing', reason: score.reason };
  return measurement(RATIOS[metric](score.conditioned, score.direct), 'not_finite');
}
