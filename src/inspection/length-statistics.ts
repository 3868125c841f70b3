import { QuantileSketch } from '../report/quantile-sketch.js';

/** How long things are; `count` is at least 1. */
export interface LengthSummary {
  readonly count: number;
  readonly total: number;
  readonly min: number;
  /** Within 0.5 %, as is `p95`. */
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

export class LengthStatistics {
  readonly #sketch = new QuantileSketch();
  #total = 0;

  add(length: number): void {
    this.#sketch.add(length);
    this.#total += length;
  }

  /** Undefined when nothing was added. */
  snapshot(): LengthSummary | undefined {
    const sketch = this.#sketch;
    if (sketch.count === 0) return undefined;
    const whole = (share: number) => Math.round(sketch.quantile(share));
    return {
      count: sketch.count,
      total: this.#total,
      min: whole(0),
      median: whole(0.5),
      p95: whole(0.95),
      max: whole(1),
    };
  }
}
