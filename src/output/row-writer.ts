import { rm } from 'node:fs/promises';
import { ArrayWriter } from './array-writer.js';
import { LineWriter } from './line-writer.js';
import { packRows } from './pack/pack-rows.js';
import type { RowFormat } from './row-format.js';
import { type OutputRow, spellRow } from './spell-row.js';

/** Writes rows in whatever format; every format that is written is one of these. Rejects with `output_unwritable`. */
export interface RowWriter {
  /** Resolves when the next row may come. */
  append(row: OutputRow): Promise<void>;
  /** Ends the output, has it all put on disk when `durably`, and closes it whatever happens. */
  close(options: { readonly durably: boolean }): Promise<void>;
}

/**
 * Opens a new file of rows in the place of whatever is there.
 * @param name - The path that people know the file by, should it be another.
 */
export async function openRowWriter(path: string, format: RowFormat, name = path): Promise<RowWriter> {
  const { layout, compression } = format;
  if (layout !== 'jsonl' && layout !== 'json') return openPackingWriter(path, format, name);
  const lines = await LineWriter.create(path, name, { compression });
  const writer = layout === 'json' ? new ArrayWriter(lines) : lines;
  return { append: (row) => writer.append(spellRow(row)), close: (options) => writer.close(options) };
}

/** Of formats whose columns are known only when all rows are there: until then these are lines in a file beside it. */
async function openPackingWriter(path: string, format: RowFormat, name: string): Promise<RowWriter> {
  const place = `${path}.lines`;
  const lines = await LineWriter.create(place, name);
  return {
    append: (row) => lines.append(spellRow(row)),
    async close({ durably }) {
      try {
        await lines.close({ durably: false });
        if (durably) await packRows(place, path, format);
      } finally {
        await rm(place, { force: true });
      }
    },
  };
}
