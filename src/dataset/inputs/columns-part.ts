import { ARROW_FILE_MAGIC, ARROW_STREAM_MAGIC, openArrow } from '../../columns/arrow/arrow-batches.js';
import { arrowColumns, arrowRows } from '../../columns/arrow/arrow-rows.js';
import type { ColumnRows } from '../../columns/column-row.js';
import { ColumnsError } from '../../columns/columns-error.js';
import { columnsOf } from '../../columns/parquet/read/parquet-columns.js';
import { openParquetFile } from '../../columns/parquet/read/parquet-file.js';
import { parquetRows } from '../../columns/parquet/read/parquet-rows.js';
import type { ByteSource } from '../byte-source.js';
import { isRereadable } from '../input.js';
import type { RawRow } from '../raw-row.js';
import type { Part, PartOptions } from './part.js';

export { ARROW_FILE_MAGIC } from '../../columns/arrow/arrow-batches.js';
export { PARQUET_MAGIC } from '../../columns/parquet/read/parquet-file.js';

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

/** Whether a file begins like a stream of Arrow's, alone or in a file. */
export function isArrow(head: Buffer): boolean {
  return [ARROW_STREAM_MAGIC, ARROW_FILE_MAGIC].some((magic) => head.subarray(0, magic.length).equals(magic));
}

/** @throws {ColumnsError} for what is no stream of Arrow's. */
export async function arrowPart(
  bytes: AsyncIterable<Buffer>,
  source: ByteSource,
  { maxRowBytes }: PartOptions,
): Promise<Part> {
  let read = 0;
  async function* counted(): AsyncGenerator<Buffer, void> {
    for await (const chunk of bytes) {
      read += chunk.length;
      yield chunk;
    }
  }
  const { schema, batches } = await openArrow(counted());
  return {
    format: 'arrow',
    columns: arrowColumns(schema),
    batches: rawRows(arrowRows(batches), maxRowBytes),
    inputBytes: () => source.inputBytes(read),
    close: source.close,
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
