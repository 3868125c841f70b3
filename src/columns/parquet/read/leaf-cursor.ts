import type { LeafPage } from './leaf-pages.js';

/** The levels of a value that is there: how many steps of its path may be absent, and how many are lists. */
export interface LeafLevels {
  readonly definition: number;
  readonly repetition: number;
}

/** One column's entries in order, as far as its pages have been loaded. */
export class LeafCursor<Value> {
  readonly #pages: AsyncIterator<LeafPage>;
  readonly #levels: LeafLevels;
  readonly #decode: (stored: unknown) => Value;
  readonly #loaded: { readonly page: LeafPage; readonly values: (at: number) => Value }[] = [];
  /** Rows that begin in loaded pages and have not been begun to be read. */
  #rows = 0;
  #hasEnded = false;
  /** The entry and the value that come next, in the first loaded page. */
  #entry = 0;
  #value = 0;

  /**
   * @param decode - What a stored value stands for; asked once for each of a dictionary.
   */
  constructor(pages: AsyncIterator<LeafPage>, levels: LeafLevels, decode: (stored: unknown) => Value) {
    this.#pages = pages;
    this.#levels = levels;
    this.#decode = decode;
  }

  /** Rows that can be read to their end. Where there are lists the last that has begun may go on in the next page. */
  get wholeRows(): number {
    return this.#hasEnded || this.#levels.repetition === 0 ? this.#rows : Math.max(this.#rows - 1, 0);
  }

  /** Loads pages until a whole row is there, or all are. */
  async load(): Promise<void> {
    while (!this.#hasEnded && this.wholeRows === 0) {
      const { done, value } = await this.#pages.next();
      if (done) {
        this.#hasEnded = true;
        break;
      }
      if (value.entries === 0) continue;
      this.#rows += rowsIn(value);
      this.#loaded.push({ page: value, values: valuesOf(value, this.#decode) });
    }
  }

  /** Lets go of the row that has been read. */
  endRow(): void {
    this.#rows -= 1;
  }

  get definition(): number {
    const definition = this.#page.definition;
    return definition === undefined ? this.#levels.definition : definition[this.#entry]!;
  }

  /** Of the next entry; -1 when there is none loaded. */
  get repetition(): number {
    if (this.#loaded.length === 0 || this.#entry >= this.#loaded[0]!.page.entries) return -1;
    return this.#page.repetition?.[this.#entry] ?? 0;
  }

  /** Takes an entry; undefined when it has no value. */
  take(): Value | undefined {
    const isThere = this.definition === this.#levels.definition;
    const value = isThere ? this.#loaded[0]!.values(this.#value++) : undefined;
    this.#entry += 1;
    if (this.#entry >= this.#page.entries) this.#drop();
    return value;
  }

  get #page(): LeafPage {
    const [first] = this.#loaded;
    if (first === undefined) throw new Error('the column has fewer values than its row group has rows');
    return first.page;
  }

  #drop(): void {
    this.#loaded.shift();
    this.#entry = 0;
    this.#value = 0;
  }
}

function rowsIn({ entries, repetition }: LeafPage): number {
  if (repetition === undefined) return entries;
  let rows = 0;
  for (let i = 0; i < entries; i++) if (repetition[i] === 0) rows++;
  return rows;
}

function valuesOf<Value>(
  { values, dictionary }: LeafPage,
  decode: (stored: unknown) => Value,
): (at: number) => Value {
  if (dictionary === undefined) return (at) => decode(values[at]);
  const known: (Value | undefined)[] = [];
  return (at) => {
    const place = values[at] as number;
    if (place >= dictionary.length) throw new Error('a value is not in the dictionary');
    known[place] ??= decode(dictionary[place]);
    return known[place];
  };
}
