import type { FormatName } from '../../domain/format-name.js';
import type { RawRow } from '../raw-row.js';

/** One file of a dataset, cut into rows. */
export interface Part {
  readonly format: FormatName;
  readonly batches: AsyncIterable<Iterable<RawRow>>;
  /** The names and types of its columns, where the format has them. */
  readonly columns?: readonly string[];
  /** Bytes of the file that were needed to get as far as a row's `end`. */
  inputBytes(end: number): number;
  close(): void;
}

export interface PartOptions {
  /** What the file is, where neither its content nor its name tells. */
  readonly format?: FormatName | undefined;
  /** What it is called, where that is not what it is opened by. */
  readonly name?: string | undefined;
  readonly chunkBytes: number;
  readonly maxRowBytes: number;
  readonly signal?: AbortSignal | undefined;
}
