import type { RowFault } from '../domain/row-fault.js';

/** A row of columns as an object in JSON: 64-bit integers and decimals with all their digits, times in ISO's form. */
export interface ColumnRow {
  readonly json: string;
  /** Why nothing should be made of it. */
  readonly fault?: RowFault;
}

/** Rows of columns that are there together. */
export interface ColumnRows {
  readonly rows: Iterable<ColumnRow>;
  readonly count: number;
}
