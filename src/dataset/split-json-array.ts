import { CappedBytes } from '../util/capped-bytes.js';
import { JsonSeparators } from '../util/json-separators.js';
import type { Position } from '../util/line-splitter.js';
import type { RawRow, RowSplitter } from './raw-row.js';
import { countLineFeeds, leadingWhitespace, trimWhitespace } from './whitespace.js';

const CLOSING_BRACKET = 0x5d;
const NOTHING = Buffer.alloc(0);

/**
 * The elements of a JSON array, pretty-printed or not; its opening bracket has been read already. An element
 * that is malformed but whose quotes and brackets balance spoils no other. Between two commas without an
 * element there is no row, just as on a blank line of JSON Lines.
 */
export class JsonArraySplitter implements RowSplitter {
  readonly #pending: CappedBytes;
  readonly #separators = new JsonSeparators('array');
  #isClosed = false;
  #offset: number;
  #line: number;
  /** Line on which the pending element starts; undefined while there is only whitespace. */
  #startLine: number | undefined;

  constructor(maxRowBytes: number, start: Position) {
    this.#pending = new CappedBytes(maxRowBytes);
    this.#line = start.line;
    this.#offset = start.offset;
  }

  *push(chunk: Buffer): Generator<RawRow, void> {
    let start = 0;
    while (!this.#isClosed) {
      const end = this.#separators.next(chunk, start);
      if (end === -1) break;
      const row = this.#take(chunk.subarray(start, end), this.#offset + end);
      if (row !== undefined) yield row;
      this.#isClosed = chunk[end] === CLOSING_BRACKET;
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    this.#countLines(rest);
    this.#pending.add(rest);
    this.#offset += chunk.length;
  }

  *end(): Generator<RawRow, void> {
    if (!this.#isClosed) this.#startLine ??= this.#line;
    const row = this.#take(NOTHING, this.#offset);
    const misplaced = this.#isClosed ? 'it follows the end of the array' : 'the array is never closed by "]"';
    if (row !== undefined) yield { ...row, misplaced };
  }

  #take(last: Buffer, end: number): RawRow | undefined {
    this.#countLines(last);
    const { bytes, overflowed } = this.#pending.take(last);
    const line = this.#startLine;
    this.#startLine = undefined;
    return line === undefined ? undefined : { bytes: trimWhitespace(bytes), overflowed, line, end };
  }

  #countLines(part: Buffer): void {
    if (this.#startLine === undefined) {
      const blank = leadingWhitespace(part);
      if (blank < part.length) this.#startLine = this.#line + countLineFeeds(part.subarray(0, blank));
    }
    this.#line += countLineFeeds(part);
  }
}
