import { CappedBytes } from '../../util/capped-bytes.js';
import type { Position } from '../../util/line-splitter.js';
import { countLineFeeds } from '../whitespace.js';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** A record of a table in text, its line break left out. */
export interface CsvRecord {
  readonly bytes: Buffer;
  readonly overflowed: boolean;
  /** 1-based line on which it starts. */
  readonly line: number;
  /** Offset at which it ends. */
  readonly end: number;
  /** Whether the file ended within quotes. */
  readonly isOpen: boolean;
}

/**
 * Cuts separated values at the line breaks that are not within quotes. Quotes are such only where a cell begins: `5" pipe`
 * is a text. A record that is too large is left behind, and the next begins where it ends.
 */
export class CsvSplitter {
  readonly #separator: number;
  readonly #pending: CappedBytes;
  #offset: number;
  #line: number;
  #startLine: number;
  #isQuoted = false;
  /** What came before the next byte; a record begins as if behind a line feed. */
  #previous = LINE_FEED;
  /** Whether that was a quote that closed a cell, which a further one would open again. */
  #hasClosed = false;

  /** @param separator - The character between cells, one byte. */
  constructor(separator: string, maxBytes: number, start: Position = { line: 1, offset: 0 }) {
    this.#separator = separator.charCodeAt(0);
    this.#pending = new CappedBytes(maxBytes);
    this.#offset = start.offset;
    this.#line = start.line;
    this.#startLine = start.line;
  }

  *push(chunk: Buffer): Generator<CsvRecord, void> {
    let start = 0;
    let at = 0;
    let feed = chunk.indexOf(LINE_FEED);
    let quote = chunk.indexOf(QUOTE);
    for (;;) {
      if (quote !== -1 && quote < at) quote = chunk.indexOf(QUOTE, at);
      if (this.#isQuoted) {
        if (quote === -1) break;
        this.#isQuoted = false;
        this.#hasClosed = true;
        at = quote + 1;
        continue;
      }
      if (feed !== -1 && feed < at) feed = chunk.indexOf(LINE_FEED, at);
      if (quote !== -1 && (feed === -1 || quote < feed)) {
        this.#isQuoted = this.#opensAt(chunk, quote, at);
        this.#hasClosed = false;
        at = quote + 1;
        continue;
      }
      if (feed === -1) break;
      yield this.#take(chunk.subarray(start, feed), this.#offset + feed);
      start = feed + 1;
      at = start;
    }
    if (at < chunk.length) this.#hasClosed = false;
    const rest = chunk.subarray(start);
    this.#line += countLineFeeds(rest);
    this.#pending.add(rest);
    this.#offset += chunk.length;
    if (chunk.length > 0) this.#previous = chunk[chunk.length - 1]!;
  }

  *end(): Generator<CsvRecord, void> {
    if (this.#pending.size > 0) yield this.#take(Buffer.alloc(0), this.#offset);
  }

  /** @param from - What lies before has been looked at. */
  #opensAt(chunk: Buffer, quote: number, from: number): boolean {
    if (this.#hasClosed && quote === from) return true;
    const previous = quote === 0 ? this.#previous : chunk[quote - 1]!;
    return previous === this.#separator || previous === LINE_FEED;
  }

  #take(last: Buffer, end: number): CsvRecord {
    this.#line += countLineFeeds(last) + 1;
    const { bytes, overflowed } = this.#pending.take(last);
    const line = this.#startLine;
    this.#startLine = this.#line;
    this.#hasClosed = false;
    const isOpen = this.#isQuoted;
    this.#isQuoted = false;
    const isEndedByReturn = bytes[bytes.length - 1] === 0x0d;
    return { bytes: isEndedByReturn ? bytes.subarray(0, -1) : bytes, overflowed, line, end, isOpen };
  }
}

/** The cells of a record's text; undefined when something other than a separator follows a closing quote. */
export function cellsOf(text: string, separator: string): string[] | undefined {
  const cells: string[] = [];
  for (let at = 0; ; ) {
    if (text[at] !== '"') {
      const end = text.indexOf(separator, at);
      cells.push(end === -1 ? text.slice(at) : text.slice(at, end));
      if (end === -1) return cells;
      at = end + 1;
      continue;
    }
    const { cell, end } = quotedCell(text, at + 1);
    cells.push(cell);
    if (end === text.length) return cells;
    if (text[end] !== separator) return undefined;
    at = end + 1;
  }
}

function quotedCell(text: string, start: number): { readonly cell: string; readonly end: number } {
  let end = text.indexOf('"', start);
  let hasQuotes = false;
  while (end !== -1 && text[end + 1] === '"') {
    hasQuotes = true;
    end = text.indexOf('"', end + 2);
  }
  if (end === -1) return { cell: text.slice(start), end: text.length };
  const cell = text.slice(start, end);
  return { cell: hasQuotes ? cell.replaceAll('""', '"') : cell, end: end + 1 };
}
