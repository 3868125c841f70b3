import { BottomRows } from './bottom-rows.js';

/** Rows that are kept at random, and rows that are kept of every stratum: of each bar, branch and reason. */
const MOST_AT_RANDOM = 2500;
const MOST_PER_STRATUM = 8;

/** What was sampled, and how. */
export interface RowSampling {
  readonly shown: number;
  readonly rows: number;
}

/**
 * Chooses the rows that a page shows: all of a small source; of a large one some of every stratum, so that whatever is
 * clicked has rows to show, and else at random. A row's hash decides, so that two sources of one dataset show the same
 * rows as far as they can.
 */
export class RowSample<Row> {
  readonly #all = new BottomRows<Row>(MOST_AT_RANDOM);
  readonly #strata = new Map<string, BottomRows<Row>>();

  /**
   * @param priority - Of the row's hash.
   * @param strata - What the row is an example of.
   * @param make - Called once if the row is kept, at least for now.
   */
  offer(priority: number, strata: readonly string[], make: () => Row): void {
    const wanting = [this.#all, ...strata.map((stratum) => this.#stratum(stratum))].filter((rows) =>
      rows.wants(priority),
    );
    if (wanting.length === 0) return;
    const row = make();
    for (const rows of wanting) rows.add(priority, row);
  }

  /** Every row once, those of the strata before those that are there by chance, as many as a page can hold. */
  choose(sizeOf: (row: Row) => number, mostBytes: number): Row[] {
    const chosen = new Set<Row>();
    let bytes = 0;
    // one of each stratum, then a second of each, ...
    const strata = [...this.#strata.values()].map((rows) => rows.rows());
    const inTurn = Array.from({ length: MOST_PER_STRATUM }, (_, i) =>
      strata.flatMap((rows) => rows.slice(i, i + 1)),
    );
    for (const row of [...inTurn.flat(), ...this.#all.rows()]) {
      if (chosen.has(row)) continue;
      const size = sizeOf(row);
      if (bytes + size > mostBytes) continue;
      bytes += size;
      chosen.add(row);
    }
    return [...chosen];
  }

  #stratum(name: string): BottomRows<Row> {
    const known = this.#strata.get(name) ?? new BottomRows<Row>(MOST_PER_STRATUM);
    this.#strata.set(name, known);
    return known;
  }
}
