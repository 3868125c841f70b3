import { ReflectionError } from '../errors.js';
import { isAbort } from '../util/is-abort.js';
import { peek, prepend } from '../util/peek.js';
import { openByteSource } from './byte-source.js';
import { datasetError } from './dataset-error.js';
import { MAGIC_BYTES, refuseForeignFormat } from './foreign-format.js';
import { parseRow } from './parse-row.js';
import type { Row } from './row.js';
import { splitRows } from './split-rows.js';

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const DEFAULT_MAX_ROW_BYTES = 64 * 1024 * 1024;
const DEFAULT_CHUNK_BYTES = 256 * 1024;

export interface ReadRowsOptions {
  /** Stop after this many rows, bad ones counted. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Rows with more bytes than this become bad rows with only an excerpt of their text; 64 MiB unless told. */
  readonly maxRowBytes?: number | undefined;
  /** Bytes per read; 256 KiB unless told. The rows do not depend on it. */
  readonly chunkBytes?: number | undefined;
}

/**
 * Streams the rows of a dataset: JSON Lines or one JSON array, in UTF-8, gzip-compressed or not, told apart by
 * the file's content. Holds one chunk and one row at a time. A row that cannot be used is a `bad` row.
 * @throws {ReflectionError} `dataset_unreadable` when the file cannot be read, is of a format we do not read or
 * has no rows at all; `aborted`.
 */
export async function* readRows(file: string, options: ReadRowsOptions = {}): AsyncGenerator<Row, void> {
  const { limit = Number.POSITIVE_INFINITY, signal, maxRowBytes = DEFAULT_MAX_ROW_BYTES } = options;
  if (limit <= 0) return;
  let index = 0;
  const source = openByteSource(file, options.chunkBytes ?? DEFAULT_CHUNK_BYTES);
  try {
    signal?.throwIfAborted();
    const { head, rest } = await peek(source.chunks, MAGIC_BYTES);
    refuseForeignFormat(file, head);
    const start = head.indexOf(BYTE_ORDER_MARK) === 0 ? BYTE_ORDER_MARK.length : 0;
    for await (const batch of splitRows(prepend(head.subarray(start), rest), start, maxRowBytes)) {
      for (const raw of batch) {
        signal?.throwIfAborted();
        yield parseRow(raw, { file, index, endByte: source.fileBytes(raw.end), maxRowBytes });
        if (++index >= limit) return;
      }
    }
  } catch (cause) {
    if (!isAbort(cause, signal)) throw datasetError(file, cause);
    throw new ReflectionError('aborted', `Reading ${file} was aborted after ${index} rows.`, { cause });
  } finally {
    source.close();
  }
  if (index === 0) {
    throw new ReflectionError('dataset_unreadable', `The dataset ${file} has no rows.`, {
      remedy: 'Check the path and that the file was written completely.',
    });
  }
}
