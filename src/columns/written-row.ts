/** A text that takes the place of one in a row: the column, then keys and positions from the outside in. */
export interface TextEdit {
  readonly path: readonly (string | number)[];
  readonly value: string;
}

/** A row of an output: which row of the source it is, what is changed in it, and what is added. */
export interface WrittenRow {
  /** 0-based position among the rows of all sources; greater than that of the row before. */
  readonly index: number;
  readonly edits?: readonly TextEdit[];
  /** Values of the added columns by their names. */
  readonly fields: Readonly<Record<string, unknown>>;
}
