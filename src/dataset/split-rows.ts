import type { Position } from '../util/line-splitter.js';
import { peek, prepend } from '../util/peek.js';
import type { RawRow, RowSplitter } from './raw-row.js';
import { JsonArraySplitter } from './split-json-array.js';
import { JsonlSplitter } from './split-jsonl.js';
import { countLineFeeds, leadingWhitespace } from './whitespace.js';

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const OPENING_BRACKET = 0x5b;

/** JSON text with rows one to a line, or as the elements of one array. */
export type JsonFormat = 'jsonl' | 'json';

/** JSON text up to its first row. */
export interface JsonText {
  readonly format: JsonFormat;
  /** What follows: the first byte of a line, or that behind the array's opening bracket. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Where in the text `chunks` begins. */
  readonly start: Position;
}

/**
 * Tells by the first byte that is neither byte order mark nor whitespace how JSON text holds its rows.
 * @param told - How it does; found out unless told.
 */
export async function openJsonText(bytes: AsyncIterable<Buffer>, told?: JsonFormat): Promise<JsonText> {
  const { head, rest } = await peek(bytes, BYTE_ORDER_MARK.length);
  let offset = head.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0;
  let line = 1;
  const chunks = prepend(head.subarray(offset), rest);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    const chunk = next.value;
    const blank = leadingWhitespace(chunk);
    line += countLineFeeds(chunk.subarray(0, blank));
    offset += blank;
    if (blank === chunk.length) continue;
    const isArray = told === undefined ? chunk[blank] === OPENING_BRACKET : told === 'json';
    const begin = isArray && chunk[blank] === OPENING_BRACKET ? 1 : 0;
    return {
      format: isArray ? 'json' : 'jsonl',
      chunks: prepend(chunk.subarray(blank + begin), chunks),
      start: { line, offset: offset + begin },
    };
  }
  return { format: 'jsonl', chunks, start: { line, offset } };
}

/** The rows of JSON text, one batch for each chunk of bytes. */
export async function* splitRows(
  { format, chunks, start }: JsonText,
  maxRowBytes: number,
): AsyncGenerator<Iterable<RawRow>, void> {
  const splitter: RowSplitter =
    format === 'json' ? new JsonArraySplitter(maxRowBytes, start) : new JsonlSplitter(maxRowBytes, start);
  for await (const chunk of chunks) yield splitter.push(chunk);
  yield splitter.end();
}
