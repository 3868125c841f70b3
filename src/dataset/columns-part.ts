import type { ColumnRows } from '../columns/column-row.js';
import { ColumnsError } from '../columns/columns-error.js';
import { columnsOf } from '../columns/parquet/read/parquet-columns.js';
import { openParquetFile } from '../columns/parquet/read/parquet-file.js';
import { parquetRows } from '../columns/parquet/read/parquet-rows.js';
import { isRereadable } from './input.js';
import type { Part, PartOptions } from './part.js';
import type { RawRow } from './raw-row.js';

export { PARQUET_MAGIC } from '../columns/parquet/read/parquet-file.js';

/** Characters of a row that is too large that are kept to recognise it by. */
const EXCERPT_LENGTH = 1024;

/** @throws {ColumnsError} for a file that cannot be read, or one that has no places, being a pipe. */
export async function parquetPart(file: string, { maxRowBytes }: PartOptions): Promise<Part> {
  if (!(await isRereadable(file))) {
    throw new ColumnsError(
      'is a Parquet file, which is read from its end',
      'Save it in a file and name that.',
    );
  }
  const source = await openParquetFile(file);
  const rows = Number(source.metadata.num_rows);
  return {
    format: 'parquet',
    columns: columnsOf(source),
    batches: rawRows(parquetRows(source), maxRowBytes),
    inputBytes: (row) => (rows === 0 ? source.size : Math.floor((source.size * row) / rows)),
    close: () => void source.close().catch(() => {}),
  };
}

/** Rows by their numbers, which stand for lines and offsets. */
export async function* rawRows(
  batches: AsyncIterable<ColumnRows>,
  maxRowBytes: number,
): AsyncGenerator<Iterable<RawRow>, void> {
  let number = 0;
  function* numbered(rows: ColumnRows['rows']): Generator<RawRow, void> {
    for (const { json, fault } of rows) {
      number += 1;
      const isLarge = json.length > maxRowBytes;
      yield {
        bytes: Buffer.from(isLarge ? json.slice(0, EXCERPT_LENGTH) : ''),
        overflowed: isLarge,
        line: number,
        end: number,
        json,
        ...(fault && { fault }),
      };
    }
  }
  for await (const { rows } of batches) yield numbered(rows);
}
