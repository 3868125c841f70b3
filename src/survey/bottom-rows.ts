/**
 * Of all rows offered, those with the smallest priorities, in memory that does not grow with their number. With hashes
 * of rows as priorities these are a random sample without replacement, and the same one whatever order the rows come in.
 */
export class BottomRows<Row> {
  readonly #most: number;
  /** Ascending by priority. */
  readonly #rows: { readonly priority: number; readonly row: Row }[] = [];

  /** @param most - How many are kept, at least 1. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether a row of this priority would be kept. */
  wants(priority: number): boolean {
    return this.#rows.length < this.#most || priority < this.#rows.at(-1)!.priority;
  }

  /** Keeps a row that is wanted, in the place of the last one if need be. */
  add(priority: number, row: Row): void {
    const place = this.#rows.findLastIndex((other) => other.priority <= priority) + 1;
    this.#rows.splice(place, 0, { priority, row });
    if (this.#rows.length > this.#most) this.#rows.pop();
  }

  /** The smallest priority first. */
  rows(): Row[] {
    return this.#rows.map(({ row }) => row);
  }
}
