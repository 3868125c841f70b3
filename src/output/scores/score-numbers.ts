import { lossRatio } from '../../domain/ratio.js';
import type { MetricScore } from '../../domain/score.js';
import type { SpanScore } from '../../domain/span-score.js';
import { shortestFloat32 } from '../../util/float32.js';

export interface ScoreFieldsOptions {
  /** Also list ln p of every scored token. */
  readonly perToken: boolean;
}

export function ratioOf(score: MetricScore | undefined): number | null {
  return score?.kind === 'scored' ? finite(score.ratio) : null;
}

export function lossRatioOf(score: MetricScore | undefined): number | null {
  return score?.kind === 'scored' ? finite(lossRatio(score.conditioned, score.direct)) : null;
}

export function logprobs(span: SpanScore): (number | null)[] | null {
  return span.logprobs === undefined ? null : Array.from(span.logprobs, (x) => finite(shortestFloat32(x)));
}

/** What JSON has no number for is null. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
