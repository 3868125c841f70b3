import { CappedBytes, type CollectedBytes } from './capped-bytes.js';

const LINE_FEED = 10;

/** A line without its line feed. */
export interface Line extends CollectedBytes {
  /** 1-based. */
  readonly number: number;
  /** Offset at which the line's content ends, i.e. of its line feed. */
  readonly end: number;
}

/** Where in a stream of bytes a splitter begins. */
export interface Position {
  readonly line: number;
  readonly offset: number;
}

/** Cuts a stream of bytes at its line feeds, whatever the chunks it arrives in. */
export class LineSplitter {
  readonly #pending: CappedBytes;
  #number: number;
  #offset: number;

  /** Lines longer than `maxBytes` come out as their beginning, marked as overflowed. */
  constructor(maxBytes: number, start: Position = { line: 1, offset: 0 }) {
    this.#pending = new CappedBytes(maxBytes);
    this.#number = start.line;
    this.#offset = start.offset;
  }

  /** The lines that end within `chunk`. */
  *push(chunk: Buffer): Generator<Line, void> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      yield this.#take(chunk.subarray(start, end), this.#offset + end);
      start = end + 1;
    }
    this.#pending.add(chunk.subarray(start));
    this.#offset += chunk.length;
  }

  /** What follows the last line feed, if anything. */
  *end(): Generator<Line, void> {
    if (this.#pending.size > 0) yield this.#take(Buffer.alloc(0), this.#offset);
  }

  #take(last: Buffer, end: number): Line {
    const { bytes, overflowed } = this.#pending.take(last);
    return { bytes, overflowed, number: this.#number++, end };
  }
}
