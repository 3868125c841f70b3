const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Finds where the elements of one JSON array, or the members of one object, end. Reads what follows the opening
 * bracket as UTF-8 in chunks of any size and looks only at strings and brackets: it does not validate, and
 * brackets of either kind close each other.
 */
export class JsonSeparators {
  readonly #closing: number;
  #depth = 0;
  #inString = false;
  /** The last chunk ended, within a string, on a backslash that escapes what comes next. */
  #escaped = false;

  constructor(container: 'array' | 'object') {
    this.#closing = container === 'array' ? CLOSING_BRACKET : CLOSING_BRACE;
  }

  /**
   * Index of the next comma or closing bracket of the container itself, -1 when `chunk` holds no more. Every
   * byte has to be passed exactly once: ask again from the index after the one found, then from 0 of the next
   * chunk.
   */
  next(chunk: Buffer, from: number): number {
    let i = this.#inString ? this.#leaveString(chunk, from) : from;
    while (i < chunk.length) {
      const byte = chunk[i]!;
      if (byte === QUOTE) {
        i = this.#leaveString(chunk, i + 1);
        continue;
      }
      if (this.#depth === 0 && (byte === COMMA || byte === this.#closing)) return i;
      if (byte === OPENING_BRACE || byte === OPENING_BRACKET) this.#depth++;
      else if ((byte === CLOSING_BRACE || byte === CLOSING_BRACKET) && this.#depth > 0) this.#depth--;
      i++;
    }
    return -1;
  }

  /** Index after the quote that ends the string `from` lies in; the chunk's length when it goes on. */
  #leaveString(chunk: Buffer, from: number): number {
    let start = this.#escaped ? from + 1 : from;
    if (start > chunk.length) return chunk.length;
    for (;;) {
      const quote = chunk.indexOf(QUOTE, start);
      const end = quote === -1 ? chunk.length : quote;
      let run = end;
      while (run > start && chunk[run - 1] === BACKSLASH) run--;
      const escapes = (end - run) % 2 === 1;
      this.#inString = quote === -1 || escapes;
      this.#escaped = quote === -1 && escapes;
      if (quote === -1) return end;
      start = quote + 1;
      if (!escapes) return start;
    }
  }
}
