import type { WrittenRow } from './written-row.js';

/** A row of an output, and its 0-based place among the rows of a source that are gone through together. */
export interface PlacedRow {
  readonly place: number;
  readonly row: WrittenRow;
}

/** The rows of an output in order, taken as their sources are gone through. */
export class WrittenRows {
  readonly #rows: AsyncIterator<WrittenRow>;
  #next: IteratorResult<WrittenRow>;
  #begin = 0;

  private constructor(rows: AsyncIterator<WrittenRow>, first: IteratorResult<WrittenRow>) {
    this.#rows = rows;
    this.#next = first;
  }

  static async of(rows: AsyncIterable<WrittenRow>): Promise<WrittenRows> {
    const iterator = rows[Symbol.asyncIterator]();
    return new WrittenRows(iterator, await iterator.next());
  }

  get isDone(): boolean {
    return this.#next.done === true;
  }

  /** Those among the next so many rows of the sources, all of which are gone through when it ends. */
  async *take(count: number): AsyncGenerator<PlacedRow, void> {
    const end = this.#begin + count;
    while (!this.#next.done && this.#next.value.index < end) {
      const row = this.#next.value;
      yield { place: row.index - this.#begin, row };
      this.#next = await this.#rows.next();
    }
    this.#begin = end;
  }

  /** All that are left, up to so many, whatever their positions. */
  async takeNext(count: number): Promise<readonly WrittenRow[]> {
    const rows: WrittenRow[] = [];
    while (!this.#next.done && rows.length < count) {
      rows.push(this.#next.value);
      this.#next = await this.#rows.next();
    }
    return rows;
  }
}

/** What a file of columns is written from. */
export interface ColumnsOutput {
  /** Files of the format with the same columns, in order; none when all columns are added. */
  readonly sources: readonly string[];
  readonly rows: WrittenRows;
}
