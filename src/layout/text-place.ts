/** A way down into a column's value: keys of objects and indexes of lists. */
export type ValuePath = readonly (string | number)[];

/** How a column holds what is in it: as a value, or as a string that spells one. */
export type ColumnEncoding = 'plain' | 'json' | 'python';

/** Where in a row a text stands. */
export interface TextPlace {
  readonly column: string;
  readonly encoding: ColumnEncoding;
  /** Empty when the column is the text. */
  readonly path: ValuePath;
  /** Further pieces of the same text, which are joined to it without anything between them. */
  readonly more: readonly ValuePath[];
}

/** Where the texts of a turn stand; undefined for one that the row does not hold. */
export interface TurnPlaces {
  readonly text?: TextPlace;
  readonly input?: TextPlace;
  /** Of reasoning that stands in a field of its own. */
  readonly reasoning?: TextPlace;
}
