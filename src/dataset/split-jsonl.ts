import { type Line, LineSplitter, type Position } from '../util/line-splitter.js';
import type { RawRow, RowSplitter } from './raw-row.js';
import { trimWhitespace } from './whitespace.js';

/** JSON Lines: every line that is not blank is a row. LF or CRLF, the last one may be missing. */
export class JsonlSplitter implements RowSplitter {
  readonly #lines: LineSplitter;

  constructor(maxRowBytes: number, start: Position) {
    this.#lines = new LineSplitter(maxRowBytes, start);
  }

  push(chunk: Buffer): Iterable<RawRow> {
    return rowsOf(this.#lines.push(chunk));
  }

  end(): Iterable<RawRow> {
    return rowsOf(this.#lines.end());
  }
}

function* rowsOf(lines: Iterable<Line>): Generator<RawRow, void> {
  for (const line of lines) {
    const bytes = trimWhitespace(line.bytes);
    if (bytes.length > 0) yield { bytes, overflowed: line.overflowed, line: line.number, end: line.end };
  }
}
