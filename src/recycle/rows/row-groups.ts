import type { Row, SampleRow } from '../../dataset/row.js';
import { rowIdentity } from './row-identity.js';

/** Rows that are decided together. */
export const ROWS_PER_GROUP = 32;

export interface RowGroup {
  /** In the dataset's order. */
  readonly rows: readonly Row[];
  /** Bytes of the dataset's file that these rows are. */
  readonly bytes: number;
}

/** Cuts a dataset into groups, always the same ones. */
export async function* rowGroups(rows: AsyncIterable<Row>): AsyncGenerator<RowGroup> {
  let group: Row[] = [];
  let begin = 0;
  const cut = () => {
    const end = group.at(-1)!.endByte;
    const done = { rows: group, bytes: end - begin };
    begin = end;
    group = [];
    return done;
  };
  for await (const row of rows) {
    if (group.push(row) === ROWS_PER_GROUP) yield cut();
  }
  if (group.length > 0) yield cut();
}

export function isSampleRow(row: Row): row is SampleRow {
  return row.kind === 'sample';
}

/**
 * Rows that no other group is working on. A copy of a row under way is left out: once the row is done, its copy is
 * found done too. So copies cost nothing and, whichever comes first, change no job.
 */
export class RowsUnderWay {
  readonly #keys = new Set<string>();

  /** Takes up each row that is free; `release` has to follow. */
  add(rows: readonly SampleRow[]): { readonly rows: readonly SampleRow[]; readonly release: () => void } {
    const keys: string[] = [];
    const free = rows.filter((row) => {
      const key = rowIdentity(row);
      if (this.#keys.has(key)) return false;
      this.#keys.add(key);
      keys.push(key);
      return true;
    });
    const release = () => {
      for (const key of keys) this.#keys.delete(key);
    };
    return { rows: free, release };
  }
}
