import type { ShownRow } from '../../survey/shown-row.js';
import type { PageData, PageSource } from '../page-data.js';
import type { Mark } from '../row-filter.js';
import { matches } from './matches.js';
import { searchable } from './row-text.js';

/** What rows can be sorted by. */
export type SortKey = 'place' | 'ifd' | 'rifd' | 'ifd-after' | 'rifd-after' | 'length';

/** What the reader has chosen to look at. */
export class PageState {
  readonly data: PageData;
  #source = 0;
  #marks: Mark[] = [];
  #onlyDiffering = false;
  #query = '';
  #sort: SortKey = 'place';
  #isDescending = false;
  #current: string | undefined;
  #list: readonly ShownRow[] = [];
  readonly #texts = new WeakMap<ShownRow, string>();
  /** By source, then by key. */
  readonly #byKey: readonly ReadonlyMap<string, ShownRow>[];
  readonly #onChange: () => void;

  /** @param onChange - Called after every change. */
  constructor(data: PageData, onChange: () => void) {
    this.data = data;
    this.#byKey = data.sources.map(({ rows }) => new Map(rows.map((row) => [row.key, row])));
    this.#onChange = onChange;
    this.#list = this.#listed();
    this.#current = this.#list[0]?.key;
  }

  get sourceIndex(): number {
    return this.#source;
  }

  get source(): PageSource {
    return this.data.sources[this.#source]!;
  }

  /** The rows that are left, in the order chosen. */
  get list(): readonly ShownRow[] {
    return this.#list;
  }

  get marks(): readonly Mark[] {
    return this.#marks;
  }

  get onlyDiffering(): boolean {
    return this.#onlyDiffering;
  }

  get isDescending(): boolean {
    return this.#isDescending;
  }

  get current(): ShownRow | undefined {
    return this.#list.find(({ key }) => key === this.#current);
  }

  /** Where the current row is among those listed; -1 when it is not. */
  get position(): number {
    return this.#list.findIndex(({ key }) => key === this.#current);
  }

  /** The same row in the other sources, as far as they show it. */
  elsewhere({ key }: ShownRow): { readonly source: PageSource; readonly row: ShownRow }[] {
    return this.data.sources.flatMap((source, i) => {
      const row = i === this.#source ? undefined : this.#byKey[i]!.get(key);
      return row === undefined ? [] : [{ source, row }];
    });
  }

  select(key: string): void {
    this.#current = key;
    this.#onChange();
  }

  /** Goes on by some rows, not beyond the ends of the list. */
  move(by: number): void {
    const place = Math.min(this.#list.length - 1, Math.max(0, this.position + by));
    const row = this.#list[place];
    if (row !== undefined) this.select(row.key);
  }

  /** Chooses a part of a figure, or lets go of it when it is chosen already. */
  toggle(source: number, mark: Mark): void {
    if (source !== this.#source) {
      this.#source = source;
      this.#marks = [];
    }
    const isChosen = this.#marks.includes(mark);
    this.#marks = isChosen ? this.#marks.filter((other) => other !== mark) : [...this.#marks, mark];
    this.#refresh();
  }

  clear(): void {
    this.#marks = [];
    this.#query = '';
    this.#onlyDiffering = false;
    this.#refresh();
  }

  search(query: string): void {
    this.#query = query.trim().toLowerCase();
    this.#refresh();
  }

  sortBy(sort: SortKey, isDescending: boolean): void {
    this.#sort = sort;
    this.#isDescending = isDescending;
    this.#refresh();
  }

  showSource(source: number): void {
    this.#source = source;
    this.#marks = [];
    this.#refresh();
  }

  showDiffering(only: boolean): void {
    this.#onlyDiffering = only;
    this.#refresh();
  }

  /** Shows the row that an address names, whatever was chosen; false when there is none. */
  open(source: number, key: string): boolean {
    if (!this.#byKey[source]?.has(key)) return false;
    this.#source = source;
    this.#marks = [];
    this.#query = '';
    this.#onlyDiffering = false;
    this.#current = key;
    this.#refresh();
    return true;
  }

  #refresh(): void {
    this.#list = this.#listed();
    if (this.position === -1) this.#current = this.#list[0]?.key;
    this.#onChange();
  }

  #listed(): readonly ShownRow[] {
    const rows = this.source.rows.filter((row) => this.#isWanted(row));
    const direction = this.#isDescending ? -1 : 1;
    return rows.sort((a, b) => {
      const [x, y] = [this.#sortValue(a), this.#sortValue(b)];
      // what has no value comes last, in whatever direction
      if (x === null || y === null) return Number(x === null) - Number(y === null) || a.place - b.place;
      return direction * (x - y) || a.place - b.place;
    });
  }

  #isWanted(row: ShownRow): boolean {
    return (
      this.#marks.every(({ filter }) => matches(row, filter)) &&
      (!this.#onlyDiffering || this.#differs(row)) &&
      (this.#query === '' || this.#text(row).includes(this.#query))
    );
  }

  #differs(row: ShownRow): boolean {
    return this.elsewhere(row).some(({ row: other }) => other.path.join('>') !== row.path.join('>'));
  }

  #text(row: ShownRow): string {
    const known = this.#texts.get(row) ?? searchable(row);
    this.#texts.set(row, known);
    return known;
  }

  #sortValue(row: ShownRow): number | null {
    switch (this.#sort) {
      case 'place':
        return row.place;
      case 'length':
        return row.length;
      case 'ifd':
      case 'rifd':
        return row.before[this.#sort];
      case 'ifd-after':
        return row.after?.ifd ?? null;
      case 'rifd-after':
        return row.after?.rifd ?? null;
    }
  }
}
