import type { Sample } from '../domain/sample.js';
import type { UnscorableReason } from '../domain/score.js';
import type { JsonObject } from '../util/json-value.js';

/** A row as its source spells it and as what it holds: what an output needs of it. */
export interface SpelledRow {
  /**
   * The row as JSON: its exact source without surrounding whitespace. What is written of a row is this, so that
   * nothing is spelled anew; where `bytes` is there, U+FFFD stands for what could not be read.
   */
  readonly text: string;
  /** The exact source of a row that is no valid UTF-8, which no text can hold. */
  readonly bytes?: Buffer;
  /** `text` as parsed, when it is a JSON object: then fields can be spliced onto `text`. */
  readonly object: JsonObject | undefined;
}

export interface RowBase extends SpelledRow {
  /** 0-based position among all rows, bad ones included. */
  readonly index: number;
  /** 1-based line of the (decompressed) file on which the row starts. */
  readonly line: number;
  /** Bytes of the file consumed when the row ends, for progress; of a .gz file, compressed bytes read so far. */
  readonly endByte: number;
}

/** A row with the fields scoring needs. Their text may still be empty: that is for scoring to judge. */
export interface SampleRow extends RowBase {
  readonly kind: 'sample';
  readonly sample: Sample;
}

/** A row no sample can be made of. */
export interface BadRow extends RowBase {
  readonly kind: 'bad';
  readonly reason: UnscorableReason;
  /** One sentence or two for people: file, line, what is wrong and what to do. */
  readonly detail: string;
}

/** One row of a dataset, good or bad. */
export type Row = SampleRow | BadRow;
