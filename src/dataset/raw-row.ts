import type { RowFault } from '../domain/row-fault.js';
import type { CollectedBytes } from '../util/capped-bytes.js';

/** A row's bytes, without surrounding whitespace, before anyone has looked into them. */
export interface RawRow extends CollectedBytes {
  /** 1-based line on which the row starts; of a format without lines the row's number in its file. */
  readonly line: number;
  /** Offset in the decompressed stream at which the row ends. */
  readonly end: number;
  /** What is wrong with the place it was found in, if anything. */
  readonly misplaced?: string;
  /** Why nothing can be made of the bytes, where the format itself says so. */
  readonly fault?: RowFault;
  /** The row as JSON, where `bytes` are none: what is read and written of it. */
  readonly json?: string;
}

/** Cuts a dataset's bytes into rows, whatever the chunks they arrive in. */
export interface RowSplitter {
  /** The rows that end within `chunk`. */
  push(chunk: Buffer): Iterable<RawRow>;
  /** What the end of the file completes. */
  end(): Iterable<RawRow>;
}
