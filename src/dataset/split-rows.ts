import type { RawRow, RowSplitter } from './raw-row.js';
import { JsonArraySplitter } from './split-json-array.js';
import { JsonlSplitter } from './split-jsonl.js';
import { countLineFeeds, leadingWhitespace } from './whitespace.js';

const OPENING_BRACKET = 0x5b;

/**
 * The rows of a dataset, one batch for each chunk of bytes: the elements of an array when the first byte that
 * is not whitespace is `[`, otherwise lines. `offset` is where in the file `chunks` begins.
 */
export async function* splitRows(
  chunks: AsyncIterable<Buffer>,
  offset: number,
  maxRowBytes: number,
): AsyncGenerator<Iterable<RawRow>, void> {
  const start = { line: 1, offset };
  let splitter: RowSplitter | undefined;
  for await (const chunk of chunks) {
    if (splitter !== undefined) {
      yield splitter.push(chunk);
      continue;
    }
    const blank = leadingWhitespace(chunk);
    start.line += countLineFeeds(chunk.subarray(0, blank));
    start.offset += blank;
    if (blank === chunk.length) continue;
    if (chunk[blank] === OPENING_BRACKET) {
      start.offset++;
      splitter = new JsonArraySplitter(maxRowBytes, start);
      yield splitter.push(chunk.subarray(blank + 1));
    } else {
      splitter = new JsonlSplitter(maxRowBytes, start);
      yield splitter.push(chunk.subarray(blank));
    }
  }
  if (splitter !== undefined) yield splitter.end();
}
