import type { Sample } from '../domain/sample.js';
import type { UnscorableReason } from '../domain/score.js';
import type { JsonObject } from '../util/json-value.js';

export interface RowBase {
  /** 0-based position among all rows, bad ones included. */
  readonly index: number;
  /** 1-based line of the (decompressed) file on which the row starts. */
  readonly line: number;
  /** Bytes of the file consumed when the row ends, for progress; of a .gz file, compressed bytes read so far. */
  readonly endByte: number;
  /** The row's exact source without surrounding whitespace; bytes that are no UTF-8 read as U+FFFD. */
  readonly text: string;
  /** `text` as parsed, when it is a JSON object: then fields can be spliced onto `text`. */
  readonly object: JsonObject | undefined;
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
