import {
  firstUnscorable,
  isTruncated,
  METRICS,
  type Metric,
  type MetricScore,
  type SampleScore,
  spansOf,
  type UnscorableReason,
} from '../domain/score.js';
import { SPAN_NAMES, type SpanName } from '../domain/span-score.js';
import { MetricStatistics, type MetricSummary } from './metric-statistics.js';

/** What came out of a run, over all its rows. */
export interface Summary {
  /** Always `scored + unscorable`. */
  readonly rows: number;
  readonly scored: number;
  readonly unscorable: number;
  /** Unscorable rows by reason; only reasons that occurred. */
  readonly reasons: Readonly<Partial<Record<UnscorableReason, number>>>;
  /** Rows taken over from an interrupted run; counted in every other number too. */
  readonly reused: number;
  /** Rows of which a target was cut to the maximum length. */
  readonly truncated: number;
  /** Conversations of which an answer was shown without the first turns, so that the rest fits. */
  readonly shortened: number;
  readonly scoredTokens: Readonly<Record<SpanName, number>>;
  /** Over every row where the metric could be computed, unscorable ones included; absent when there is none. */
  readonly metrics: Readonly<Partial<Record<Metric, MetricSummary>>>;
}

/** Adds up a run row by row in memory that does not grow with the dataset. */
export class ScoreSummary {
  #scored = 0;
  #unscorable = 0;
  #reused = 0;
  #truncated = 0;
  #shortened = 0;
  readonly #reasons: Partial<Record<UnscorableReason, number>> = {};
  readonly #scoredTokens: Record<SpanName, number> = {
    Q_direct: 0,
    A_direct: 0,
    Q_condition: 0,
    A_condition: 0,
  };
  readonly #metrics: Record<Metric, MetricStatistics> = {
    ifd: new MetricStatistics(),
    rifd: new MetricStatistics(),
  };

  /** @param reused whether the row's score was taken over from an interrupted run. */
  add(score: SampleScore, reused = false): void {
    const unscorable = firstUnscorable(score);
    if (unscorable === undefined) {
      this.#scored += 1;
    } else {
      this.#unscorable += 1;
      this.#reasons[unscorable.reason] = (this.#reasons[unscorable.reason] ?? 0) + 1;
    }
    if (reused) this.#reused += 1;
    if (isTruncated(score)) this.#truncated += 1;
    if (score.isShortened) this.#shortened += 1;
    const spans = spansOf(score);
    for (const name of SPAN_NAMES) this.#scoredTokens[name] += spans[name]?.tokenCount ?? 0;
    for (const metric of METRICS) this.#addMetric(metric, score.metrics[metric]);
  }

  #addMetric(metric: Metric, score: MetricScore | undefined): void {
    // a ratio that overflows is no value to average
    if (score?.kind === 'scored' && Number.isFinite(score.ratio)) this.#metrics[metric].add(score.ratio);
  }

  /** The state after the rows added so far. */
  snapshot(): Summary {
    const metrics: Partial<Record<Metric, MetricSummary>> = {};
    for (const metric of METRICS) {
      const summary = this.#metrics[metric].snapshot();
      if (summary !== undefined) metrics[metric] = summary;
    }
    return {
      rows: this.#scored + this.#unscorable,
      scored: this.#scored,
      unscorable: this.#unscorable,
      reasons: { ...this.#reasons },
      reused: this.#reused,
      truncated: this.#truncated,
      shortened: this.#shortened,
      scoredTokens: { ...this.#scoredTokens },
      metrics,
    };
  }
}
