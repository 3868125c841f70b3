import { ReflectionError } from '../errors.js';
import { isAbort } from '../util/is-abort.js';
import { peek, prepend } from '../util/peek.js';
import { type ByteSource, openByteSource } from './byte-source.js';
import { datasetError, unreadable } from './dataset-error.js';
import { MAGIC_BYTES, refuseForeignFormat } from './foreign-format.js';
import { inputName } from './input.js';
import { parseRow } from './parse-row.js';
import { readSample } from './read-sample.js';
import type { Content, ObjectReader, Row, RowOf, SampleContent } from './row.js';
import { type DatasetFormat, openJsonText, splitRows } from './split-rows.js';

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
  /** What messages call the input, where that is not what it is opened by. */
  readonly name?: string | undefined;
  /** Reads a row's text; `JSON.parse` unless told. Throws SyntaxError where it is not valid. */
  readonly parse?: ((text: string) => unknown) | undefined;
}

/** The rows of one input, to be read once. Every format that is read comes out as one of these. */
export interface RowSource<Found extends Content = SampleContent> {
  readonly format: DatasetFormat;
  /**
   * In order, holding one chunk and one row at a time. A row that cannot be used is a `bad` row.
   * @throws {ReflectionError} `dataset_unreadable` when the input cannot be read or has no rows at all; `aborted`.
   */
  readonly rows: AsyncIterable<RowOf<Found>>;
  /** Lets go of the input, however far it was read. */
  close(): void;
}

/**
 * Opens a dataset, a file or `-` for standard input: JSON Lines or one JSON array, in UTF-8, gzip-compressed or not,
 * told apart by content.
 * @throws {ReflectionError} `dataset_unreadable` when it cannot be read or is of a format we do not read; `aborted`.
 */
export function openRows(input: string, options: ReadRowsOptions = {}): Promise<RowSource> {
  return openRowsWith(readSample, input, options);
}

/** The same with another reader of the rows' objects. */
export async function openRowsWith<Found extends Content>(
  read: ObjectReader<Found>,
  input: string,
  options: ReadRowsOptions = {},
): Promise<RowSource<Found>> {
  const { signal, chunkBytes = DEFAULT_CHUNK_BYTES } = options;
  let source: ByteSource | undefined;
  try {
    signal?.throwIfAborted();
    source = openByteSource(input, chunkBytes, signal);
    const { head, rest } = await peek(source.chunks, MAGIC_BYTES);
    refuseForeignFormat(input, head);
    const text = await openJsonText(prepend(head, rest));
    const batches = splitRows(text, options.maxRowBytes ?? DEFAULT_MAX_ROW_BYTES);
    return {
      format: text.format,
      rows: parseRows(input, batches, source.inputBytes, read, options),
      close: source.close,
    };
  } catch (cause) {
    source?.close();
    throw readingError(input, 0, cause, signal);
  }
}

/** Streams the rows of a dataset, see {@link openRows}. */
export function readRows(input: string, options: ReadRowsOptions = {}): AsyncGenerator<Row, void> {
  return readRowsWith(readSample, input, options);
}

/** The same with another reader of the rows' objects. */
export async function* readRowsWith<Found extends Content>(
  read: ObjectReader<Found>,
  input: string,
  options: ReadRowsOptions = {},
): AsyncGenerator<RowOf<Found>, void> {
  if (options.limit !== undefined && options.limit <= 0) return;
  const source = await openRowsWith(read, input, options);
  try {
    yield* source.rows;
  } finally {
    source.close();
  }
}

/** How a dataset holds its rows. @throws {ReflectionError} as {@link openRows} does. */
export async function datasetFormat(input: string): Promise<DatasetFormat> {
  const source = await openRows(input);
  source.close();
  return source.format;
}

async function* parseRows<Found extends Content>(
  input: string,
  batches: ReturnType<typeof splitRows>,
  inputBytes: (offset: number) => number,
  read: ObjectReader<Found>,
  options: ReadRowsOptions,
): AsyncGenerator<RowOf<Found>, void> {
  const { limit = Number.POSITIVE_INFINITY, maxRowBytes = DEFAULT_MAX_ROW_BYTES, signal } = options;
  const file = options.name ?? inputName(input);
  let index = 0;
  try {
    for await (const batch of batches) {
      for (const raw of batch) {
        signal?.throwIfAborted();
        const endByte = inputBytes(raw.end);
        yield parseRow(raw, { file, index, endByte, maxRowBytes, parse: options.parse, read });
        if (++index >= limit) return;
      }
    }
  } catch (cause) {
    throw readingError(input, index, cause, signal);
  }
  if (index === 0) {
    throw unreadable(input, 'has no rows', {
      remedy: 'Check the path and that the file was written completely.',
    });
  }
}

function readingError(input: string, rows: number, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (!isAbort(cause, signal)) return datasetError(input, cause);
  return new ReflectionError('aborted', `Reading ${inputName(input)} was aborted after ${rows} rows.`, {
    cause,
  });
}
