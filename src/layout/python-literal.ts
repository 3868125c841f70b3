const WHITESPACE = /[ \t\r\n\f\v]*/y;
const NUMBER = /[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y;
const KEYWORD_ARGUMENT = /\w+=[\w.]+/y;
const WORD = /[A-Za-z_]\w*/y;
const ESCAPE = /\\(?:\r\n|[0-7]{1,3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])/y;

/** Deeper nesting would overflow the stack. */
const MAX_DEPTH = 500;
const LAST_CODE_POINT = 0x10ffff;

const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['None', null],
  ['True', true],
  ['False', false],
  ['nan', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
]);

const SIMPLE_ESCAPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '\n': '',
    '\r\n': '',
    '\\': '\\',
    "'": "'",
    '"': '"',
    a: '\x07',
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
    v: '\v',
  }),
);

/**
 * Reads a Python literal as `repr` writes it: lists, tuples, dicts with string keys, strings, numbers and constants. Of
 * a list printed by numpy, whose elements have no commas between them, too: that is how pandas writes lists into CSV.
 * @throws SyntaxError when the text is none.
 */
export function parsePythonLiteral(text: string): unknown {
  const reader = new LiteralReader(text);
  const value = reader.value();
  reader.end();
  return value;
}

class LiteralReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): unknown {
    this.#skip(WHITESPACE);
    const next = this.#text[this.#at];
    if (next === '[') return this.#nested(() => this.#elements(']'));
    if (next === '(') return this.#nested(() => this.#elements(')'));
    if (next === '{') return this.#nested(() => this.#members());
    if (next === "'" || next === '"') return this.#string();
    const number = this.#skip(NUMBER);
    if (number !== '') return Number(number.replaceAll('_', ''));
    return this.#word();
  }

  end(): void {
    this.#skip(WHITESPACE);
    if (this.#at < this.#text.length) this.#fail('the end');
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.#fail('less nesting');
    const value = read();
    this.#depth--;
    return value;
  }

  #elements(closing: string): unknown[] {
    this.#at++;
    const values: unknown[] = [];
    while (!this.#accept(closing)) {
      values.push(this.value());
      this.#accept(',');
    }
    return values;
  }

  #members(): Record<string, unknown> {
    this.#at++;
    const entries: [string, unknown][] = [];
    while (!this.#accept('}')) {
      const key = this.value();
      if (typeof key !== 'string') this.#fail('a string as key');
      if (!this.#accept(':')) this.#fail('a colon');
      entries.push([key as string, this.value()]);
      if (!this.#accept(',') && this.#text[this.#at] !== '}') this.#fail('a comma');
    }
    return Object.fromEntries(entries);
  }

  #string(): string {
    const quote = this.#text[this.#at++]!;
    const plain = quote === "'" ? /[^'\\\n]*/y : /[^"\\\n]*/y;
    let value = '';
    for (;;) {
      value += this.#skip(plain);
      const next = this.#text[this.#at];
      if (next === quote) {
        this.#at++;
        return value;
      }
      if (next !== '\\') this.#fail('the end of the string');
      value += unescaped(this.#skip(ESCAPE));
    }
  }

  /** A constant, or `array(..., dtype=object)` as numpy prints a list within another. */
  #word(): unknown {
    const word = this.#skip(WORD);
    if (CONSTANTS.has(word)) return CONSTANTS.get(word);
    if (word !== 'array' || this.#text[this.#at] !== '(') this.#fail('a value');
    return this.#nested(() => this.#firstArgument());
  }

  #firstArgument(): unknown {
    this.#at++;
    const value = this.value();
    while (!this.#accept(')')) {
      if (!this.#accept(',')) this.#fail('a closing parenthesis');
      this.#skip(WHITESPACE);
      this.#skip(KEYWORD_ARGUMENT);
    }
    return value;
  }

  #accept(character: string): boolean {
    this.#skip(WHITESPACE);
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [match] = pattern.exec(this.#text) ?? [''];
    this.#at += match.length;
    return match;
  }

  #fail(expected: string): never {
    throw new SyntaxError(`no Python literal: ${expected} is expected at character ${this.#at + 1}`);
  }
}

function unescaped(sequence: string): string {
  const kind = sequence.slice(1);
  const simple = SIMPLE_ESCAPES.get(kind);
  if (simple !== undefined) return simple;
  // Python keeps a backslash that escapes nothing.
  if (!/^(?:[xuU].|[0-7])/.test(kind)) return sequence;
  const isOctal = /^[0-7]/.test(kind);
  const code = isOctal ? Number.parseInt(kind, 8) : Number.parseInt(kind.slice(1), 16);
  if (code > LAST_CODE_POINT) throw new SyntaxError(`no Python literal: there is no character ${sequence}`);
  return String.fromCodePoint(code);
}
