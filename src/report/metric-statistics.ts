import { QuantileSketch } from './quantile-sketch.js';

/** What is known about one metric over all samples where it could be computed; `count` is at least 1. */
export interface MetricSummary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  /** Arithmetic. */
  readonly mean: number;
  /** Each within 0.5 % of the exact value. */
  readonly quantiles: {
    readonly p5: number;
    readonly p25: number;
    readonly p50: number;
    readonly p75: number;
    readonly p95: number;
  };
  /** The share, 0 to 1, of values strictly above 1. */
  readonly shareAboveOne: number;
}

/** Collects the values of one metric in bounded memory. */
export class MetricStatistics {
  readonly #sketch = new QuantileSketch();
  #mean = 0;
  #aboveOne = 0;

  /** @param value finite and not negative. */
  add(value: number): void {
    this.#sketch.add(value);
    // A running mean instead of a sum, because a few perplexity ratios near 1e308 would overflow a sum.
    this.#mean += (value - this.#mean) / this.#sketch.count;
    if (value > 1) this.#aboveOne += 1;
  }

  /** Undefined when no value was added. */
  snapshot(): MetricSummary | undefined {
    const sketch = this.#sketch;
    if (sketch.count === 0) return undefined;
    return {
      count: sketch.count,
      min: sketch.quantile(0),
      max: sketch.quantile(1),
      mean: this.#mean,
      quantiles: {
        p5: sketch.quantile(0.05),
        p25: sketch.quantile(0.25),
        p50: sketch.quantile(0.5),
        p75: sketch.quantile(0.75),
        p95: sketch.quantile(0.95),
      },
      shareAboveOne: this.#aboveOne / sketch.count,
    };
  }
}
