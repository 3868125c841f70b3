import { isUtf8 } from 'node:buffer';
import { type RowFault, rowFault } from '../../domain/row-fault.js';
import { prepend } from '../../util/peek.js';
import { unreadable } from '../dataset-error.js';
import type { RawRow } from '../raw-row.js';
import { type CsvRecord, CsvSplitter, cellsOf } from './csv-records.js';

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** What a table in text is read by. */
export interface CsvOptions {
  /** As the user named it. */
  readonly file: string;
  /** Between cells; of `csv` a semicolon where the first record has no comma. */
  readonly kind: 'csv' | 'tsv';
  readonly maxRowBytes: number;
}

/** The names of a table's columns, as `"name":` each. */
type Columns = readonly string[];

/**
 * The rows of separated values with names in the first record (RFC 4180): objects of texts, none of which is taken for
 * a number. A record with more or fewer cells than names is a row with a fault.
 * @throws {ReflectionError} `dataset_unreadable` when the names cannot be used.
 */
export async function* csvRows(
  bytes: AsyncIterable<Buffer>,
  { file, kind, maxRowBytes }: CsvOptions,
): AsyncGenerator<Iterable<RawRow>, void> {
  const { chunks, hasMark, separator } = await lookAtStart(bytes, kind);
  const offset = hasMark ? BYTE_ORDER_MARK.length : 0;
  const splitter = new CsvSplitter(separator, maxRowBytes, { line: 1, offset });
  let columns: Columns | undefined;
  function* rowsOf(records: Iterable<CsvRecord>): Generator<RawRow, void> {
    for (const record of records) {
      if (record.bytes.length === 0) continue;
      if (columns === undefined) columns = columnsOf(record, separator, file);
      else yield rowOf(record, separator, columns);
    }
  }
  for await (const chunk of chunks) yield rowsOf(splitter.push(chunk));
  yield rowsOf(splitter.end());
}

async function lookAtStart(bytes: AsyncIterable<Buffer>, kind: CsvOptions['kind']) {
  const iterator = bytes[Symbol.asyncIterator]();
  const rest: AsyncIterable<Buffer> = { [Symbol.asyncIterator]: () => iterator };
  const parts: Buffer[] = [];
  let head = Buffer.alloc(0);
  while (!head.includes('\n') && head.length < 64 * 1024) {
    const { done, value } = await iterator.next();
    if (done) break;
    parts.push(value);
    head = Buffer.concat(parts);
  }
  const hasMark = head.indexOf(BYTE_ORDER_MARK) === 0;
  const text = hasMark ? head.subarray(BYTE_ORDER_MARK.length) : head;
  const [names = ''] = text.toString('latin1').split('\n', 1);
  const isSemicolons = !names.includes(',') && names.includes(';');
  const separator = kind === 'tsv' ? '\t' : isSemicolons ? ';' : ',';
  return { chunks: prepend(text, rest), hasMark, separator };
}

function columnsOf({ bytes, overflowed }: CsvRecord, separator: string, file: string): Columns {
  const refuse = (problem: string, remedy: string) => unreadable(file, problem, { remedy });
  if (!isUtf8(bytes)) throw refuse('has column names that are not valid UTF-8', 'Save it as UTF-8.');
  const names = overflowed ? undefined : cellsOf(bytes.toString(), separator);
  if (names === undefined)
    throw refuse('has no column names in its first line', 'Add them as the first line.');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw refuse(`has two columns that are called ${JSON.stringify(twice)}`, 'Rename one of them.');
  }
  return names.map((name) => `${JSON.stringify(name)}:`);
}

function rowOf(record: CsvRecord, separator: string, columns: Columns): RawRow {
  const { bytes, overflowed, line, end, isOpen } = record;
  const raw = { bytes, overflowed, line, end };
  if (overflowed || !isUtf8(bytes)) return raw;
  if (isOpen) return { ...raw, fault: malformed('a quote that opens in the row is never closed. Close it.') };
  const cells = cellsOf(bytes.toString(), separator);
  if (cells === undefined) {
    return {
      ...raw,
      fault: malformed('text follows the quote that ends a cell. Double quotes within cells.'),
    };
  }
  if (cells.length !== columns.length) {
    const problem = `the row has ${cells.length} cells, but there are ${columns.length} columns`;
    return { ...raw, fault: malformed(`${problem}. Quote cells that hold separators or line breaks.`) };
  }
  return { ...raw, json: `{${cells.map((cell, i) => columns[i] + JSON.stringify(cell)).join(',')}}` };
}

function malformed(problem: string): RowFault {
  return rowFault('malformed_csv', problem);
}
