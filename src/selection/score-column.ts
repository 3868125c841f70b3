import { NumberList } from '../util/number-list.js';
import type { Measurement } from './measurement.js';

/** One metric of many rows, 8 to 16 bytes each. */
export class ScoreColumn {
  /** NaN where there is no score; it never leaves this class. */
  readonly #values = new NumberList();
  #count = 0;

  get length(): number {
    return this.#values.length;
  }

  /** Whether any row has a score. */
  get hasAny(): boolean {
    return this.#count > 0;
  }

  push(score: Measurement): void {
    this.#values.push(score.kind === 'value' ? score.value : Number.NaN);
    if (score.kind === 'value') this.#count += 1;
  }

  /** @throws RangeError when there is no such row. */
  at(row: number): Measurement {
    const value = this.#values.at(row);
    return Number.isNaN(value) ? { kind: 'missing', reason: 'not_recorded' } : { kind: 'value', value };
  }
}
