import type { Row, SampleRow } from '../dataset/row.js';
import { rowIdentity } from './row-identity.js';

/** Rows that are decided together. */
export const ROWS_PER_WINDOW = 32;

export interface RowWindow {
  /** In the dataset's order. */
  readonly rows: readonly Row[];
  /** Bytes of the dataset's file that these rows are. */
  readonly bytes: number;
}

/** Cuts a dataset into windows, always the same ones. */
export async function* rowWindows(rows: AsyncIterable<Row>): AsyncGenerator<RowWindow> {
  let window: Row[] = [];
  let begin = 0;
  const cut = () => {
    const end = window.at(-1)!.endByte;
    const done = { rows: window, bytes: end - begin };
    begin = end;
    window = [];
    return done;
  };
  for await (const row of rows) {
    if (window.push(row) === ROWS_PER_WINDOW) yield cut();
  }
  if (window.length > 0) yield cut();
}

export function isSampleRow(row: Row): row is SampleRow {
  return row.kind === 'sample';
}

/**
 * Rows that no other window is working on. A copy of a row under way is left out: once the row is done, its copy is
 * found done too. So copies cost nothing and, whichever comes first, change no job.
 */
export class RowClaims {
  readonly #claimed = new Set<string>();

  /** Claims each row that is free; `release` has to follow. */
  claim(rows: readonly SampleRow[]): { readonly rows: readonly SampleRow[]; readonly release: () => void } {
    const keys: string[] = [];
    const free = rows.filter((row) => {
      const key = rowIdentity(row);
      if (this.#claimed.has(key)) return false;
      this.#claimed.add(key);
      keys.push(key);
      return true;
    });
    const release = () => {
      for (const key of keys) this.#claimed.delete(key);
    };
    return { rows: free, release };
  }
}
