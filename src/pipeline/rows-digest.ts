import { createHash } from 'node:crypto';
import { type ReadRowsOptions, readRows } from '../dataset/open-rows.js';
import type { SpelledRow } from '../dataset/row.js';
import type { DatasetName } from '../domain/dataset-name.js';

/** Tells whether two runs were about the same rows: a SHA-256 over their sources, in order. */
export class RowsDigest {
  readonly #hash = createHash('sha256');

  add({ text, bytes }: SpelledRow): void {
    this.#hash.update(`${text.length}:`).update(bytes ?? text);
  }

  /** The digest of all rows so far; none can follow. */
  hex(): string {
    return this.#hash.digest('hex');
  }
}

/** The digest of a dataset's rows. Rejects as {@link readRows} does. */
export async function rowsDigestOf(dataset: DatasetName, options: ReadRowsOptions): Promise<string> {
  const digest = new RowsDigest();
  for await (const row of readRows(dataset, options)) digest.add(row);
  return digest.hex();
}
