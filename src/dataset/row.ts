import type { RowFault } from '../domain/row-fault.js';
import type { Sample } from '../domain/sample.js';
import type { UnscorableReason } from '../domain/score.js';
import type { JsonObject } from '../util/json-value.js';

/** A row as its source spells it and as what it holds: what an output needs of it. */
export interface SpelledRow {
  /**
   * The row as JSON: its exact source without surrounding whitespace, or what stands for it where that is no JSON. What is written of a row is this, so that
   * nothing is spelled anew; where `bytes` is there, U+FFFD stands for what could not be read.
   */
  readonly text: string;
  /** The exact source of a row that is no valid UTF-8, which no text can hold. */
  readonly bytes?: Buffer;
  /** `text` as parsed, when it is a JSON object: then fields can be spliced onto `text`. */
  readonly object: JsonObject | undefined;
}

export interface RowBase extends SpelledRow {
  /** What messages call the file it stands in. */
  readonly file: string;
  /** 0-based position among all rows, bad ones included. */
  readonly index: number;
  /** 1-based line of the (decompressed) file on which the row starts; its number where a format has no lines. */
  readonly line: number;
  /** Bytes of the dataset consumed when the row ends, for progress; of a compressed file those read so far. */
  readonly endByte: number;
}

/** What a reader finds in a row's object, told apart by `kind`; never `bad`. */
export interface Content {
  readonly kind: string;
}

/** Reads an object, or says why nothing can be made of it. */
export type ObjectReader<Found extends Content> = (object: JsonObject) => Found | RowFault;

/** A row with what was found in it. */
export type GoodRow<Found extends Content> = RowBase & Found;

/** A row nothing can be made of. */
export interface BadRow extends RowBase {
  readonly kind: 'bad';
  readonly reason: UnscorableReason;
  /** One sentence or two for people: file, line, what is wrong and what to do. */
  readonly detail: string;
}

/** One row of a dataset, good or bad. */
export type RowOf<Found extends Content> = GoodRow<Found> | BadRow;

export function isBad(row: RowOf<Content>): row is BadRow {
  return row.kind === 'bad';
}

/** The fields scoring needs. Their text may still be empty: that is for scoring to judge. */
export interface SampleContent {
  readonly kind: 'sample';
  readonly sample: Sample;
}

export type SampleRow = GoodRow<SampleContent>;
export type Row = RowOf<SampleContent>;
