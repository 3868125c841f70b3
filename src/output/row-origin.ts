import type { FormatName } from '../domain/format-name.js';

/** Where the rows of an output come from: what a columnar output has of them is taken from there, not from their text. */
export interface RowOrigin {
  readonly format: FormatName;
  /** In order. */
  readonly files: readonly string[];
}
