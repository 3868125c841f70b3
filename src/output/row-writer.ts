import { rm } from 'node:fs/promises';
import type { WrittenRow } from '../columns/written-row.js';
import type { RowEdit } from '../layout/edit-turn.js';
import { ArrayWriter } from './array-writer.js';
import { LineWriter } from './line-writer.js';
import { packRows } from './pack/pack-rows.js';
import { isColumnar, type RowFormat } from './row-format.js';
import type { RowOrigin } from './row-origin.js';
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
 * @param origin - Where the rows come from, if that is one dataset.
 */
export async function openRowWriter(
  path: string,
  format: RowFormat,
  name = path,
  origin?: RowOrigin,
): Promise<RowWriter> {
  const { layout, compression } = format;
  if (layout !== 'jsonl' && layout !== 'json') return openPackingWriter(path, format, name, origin);
  const lines = await LineWriter.create(path, name, { compression });
  const writer = layout === 'json' ? new ArrayWriter(lines) : lines;
  return { append: (row) => writer.append(spellRow(row)), close: (options) => writer.close(options) };
}

/** Of formats whose columns are known only when all rows are there: until then these are lines in a file beside it. */
async function openPackingWriter(
  path: string,
  format: RowFormat,
  name: string,
  origin: RowOrigin | undefined,
): Promise<RowWriter> {
  const place = `${path}.lines`;
  const lines = await LineWriter.create(place, name);
  const isOfColumns = isColumnar(format.layout) && origin?.format === format.layout;
  return {
    append: (row) => lines.append(isOfColumns ? JSON.stringify(writtenRow(row)) : spellRow(row)),
    async close({ durably }) {
      try {
        await lines.close({ durably: false });
        const read = (line: string) => JSON.parse(line) as WrittenRow;
        if (durably) await packRows(path, format, { lines: place, origin, read });
      } finally {
        await rm(place, { force: true });
      }
    },
  };
}

/** What a columnar output needs of a row: the rest is in the columns that it comes from. */
function writtenRow({ row, index, edits = [], fields }: OutputRow): WrittenRow {
  if (index === undefined) throw new Error('a row of columns has no place');
  const isNew = ({ path: [column] }: RowEdit) => !Object.hasOwn(row.object ?? {}, column as string);
  const added = edits.filter(isNew).map(({ path: [column], value }) => [column as string, value]);
  return {
    index,
    edits: edits.filter((edit) => !isNew(edit)),
    fields: { ...Object.fromEntries(added), ...fields },
  };
}
