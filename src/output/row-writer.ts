import { ArrayWriter } from './array-writer.js';
import { LineWriter } from './line-writer.js';
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
export async function openRowWriter(
  path: string,
  { layout, isGzipped }: RowFormat,
  name = path,
): Promise<RowWriter> {
  const lines = await LineWriter.create(path, name, { isGzipped });
  const writer = layout === 'array' ? new ArrayWriter(lines) : lines;
  return { append: (row) => writer.append(spellRow(row)), close: (options) => writer.close(options) };
}
