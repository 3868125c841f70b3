import { METRICS, type Metric, SPAN_SIDES, type SpanSide } from '../../src/domain/score.js';

/** Mean loss of a span, in nats a token. */
export interface SpanLoss {
  readonly tokens: number;
  readonly loss: number;
}

/** null: there is nothing to score. */
export type RowLosses = Record<Metric, Record<SpanSide, SpanLoss | null> | null>;

/** How far two computations of the same rows are apart. */
export interface LossGap {
  /** Spans that have as many tokens in both. */
  readonly spans: number;
  /** Spans that have other tokens in one of them, or are there in one only. */
  readonly otherTokens: number;
  /** The largest difference of a span's loss, in nats a token. */
  readonly worst: number;
  /** The same among spans of {@link LONG} tokens and more. */
  readonly worstOfLong: number;
}

export const LONG = 10;

export function compareLosses(actual: readonly RowLosses[], expected: readonly RowLosses[]): LossGap {
  let [spans, otherTokens, worst, worstOfLong] = [0, 0, 0, 0];
  for (const [i, row] of expected.entries()) {
    for (const metric of METRICS) {
      const [a, b] = [actual[i]![metric], row[metric]];
      // a metric is scored when both of its spans are
      if (a === null && (b === null || b.conditioned === null || b.direct === null)) continue;
      for (const side of SPAN_SIDES) {
        const [ours, theirs] = [a?.[side], b?.[side]];
        if (!ours || !theirs || ours.tokens !== theirs.tokens) {
          otherTokens++;
          continue;
        }
        spans++;
        const difference = Math.abs(ours.loss - theirs.loss);
        worst = Math.max(worst, difference);
        if (ours.tokens >= LONG) worstOfLong = Math.max(worstOfLong, difference);
      }
    }
  }
  return { spans, otherTokens, worst, worstOfLong };
}
