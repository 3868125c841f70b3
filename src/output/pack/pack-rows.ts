import type { WrittenRow } from '../../columns/written-row.js';
import { jsonMembers } from '../../util/json-members.js';
import type { JsonObject } from '../../util/json-value.js';
import { isColumnar, type RowFormat } from '../row-format.js';
import type { RowOrigin } from '../row-origin.js';
import { type PackedRows, packColumns } from './pack-columns.js';
import { linesOf, packLines } from './pack-lines.js';

/** Rows as lines of JSON in a file, and what has to be known to write them in another format. */
export interface LinedRows {
  readonly lines: string;
  readonly origin?: RowOrigin | undefined;
  /** The row of a line, as a columnar output needs it. */
  readonly read: (line: string, place: number) => WrittenRow;
  readonly names?: PackedRows['names'];
}

/**
 * Copies rows into a new file of the format that they are to have; it is on disk when it resolves. Columns come from where
 * the rows do, if that has the same format; else they are made from the rows' texts.
 * @throws {ReflectionError} `output_unwritable`; what reading the origin throws.
 */
export async function packRows(to: string, format: RowFormat, rows: LinedRows): Promise<void> {
  const { lines, origin, read, names } = rows;
  const { layout, isFolder } = format;
  if (!isColumnar(layout)) {
    await packLines(lines, to, format);
    return;
  }
  const isOwn = origin?.format === layout;
  async function* written(): AsyncGenerator<WrittenRow, void> {
    let place = 0;
    for await (const line of linesOf(lines)) {
      yield isOwn ? read(line, place) : { index: place, fields: exactObject(line) };
      place += 1;
    }
  }
  await packColumns(to, layout, isFolder, {
    sources: isOwn ? origin.files : [],
    rows: written,
    names: isOwn ? names : undefined,
  });
}

const LONG_NUMBER = /[:[,]\s*-?\d{16,}\s*[,}\]]/;

/** The object of a line, integers that JavaScript's numbers cannot hold as bigints where they are its members. */
function exactObject(line: string): JsonObject {
  const object = JSON.parse(line) as Record<string, unknown>;
  if (!LONG_NUMBER.test(line)) return object;
  for (const { key, source } of jsonMembers(line)) {
    const [, digits] = /:\s*(-?\d{16,})$/.exec(source) ?? [];
    if (digits !== undefined) object[key] = BigInt(digits);
  }
  return object;
}
