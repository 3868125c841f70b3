import { type DatasetName, firstNameIn } from '../domain/dataset-name.js';
import type { FormatName } from '../domain/format-name.js';
import { ReflectionError } from '../errors.js';
import { isAbort } from '../util/is-abort.js';
import { datasetError, unreadable } from './dataset-error.js';
import { inputBytes, inputName } from './input.js';
import { inputFiles } from './inputs/input-files.js';
import { openPart } from './inputs/open-part.js';
import type { Part } from './inputs/part.js';
import { parseRow } from './parse-row.js';
import { readSample } from './read-sample.js';
import type { Content, ObjectReader, Row, RowOf, SampleContent } from './row.js';

const DEFAULT_MAX_ROW_BYTES = 64 * 1024 * 1024;
const DEFAULT_CHUNK_BYTES = 256 * 1024;

export interface ReadRowsOptions {
  /** What the files are, where neither their content nor their names tell. */
  readonly format?: FormatName | undefined;
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

/** The rows of a dataset, to be read once. Every format that is read comes out as one of these. */
export interface RowSource<Found extends Content = SampleContent> {
  /** Of the first file. */
  readonly format: FormatName;
  /** Where the rows lie, in order. */
  readonly files: readonly string[];
  /**
   * In order, holding one chunk and one row at a time. A row that cannot be used is a `bad` row.
   * @throws {ReflectionError} `dataset_unreadable` when the input cannot be read or has no rows at all; `aborted`.
   */
  readonly rows: AsyncIterable<RowOf<Found>>;
  /** Lets go of the input, however far it was read. */
  close(): void;
}

/**
 * Opens a dataset: files, folders or patterns in any format that is read, packed by gzip or Zstandard or not; `-` is
 * standard input.
 * @throws {ReflectionError} `dataset_unreadable` when it cannot be read or is of a format we do not read; `aborted`.
 */
export function openRows(input: DatasetName, options: ReadRowsOptions = {}): Promise<RowSource> {
  return openRowsWith(readSample, input, options);
}

/** The same with another reader of the rows' objects. */
export async function openRowsWith<Found extends Content>(
  read: ObjectReader<Found>,
  input: DatasetName,
  options: ReadRowsOptions = {},
): Promise<RowSource<Found>> {
  const parts = new Parts(options);
  try {
    options.signal?.throwIfAborted();
    const files = await inputFiles(input);
    const [file, ...later] = files;
    const first = await parts.open(file!, later.length === 0);
    if (first.columns !== undefined) await requireSameColumns(first, later, options);
    return {
      format: first.format,
      files,
      rows: rowsOf(input, parts, later, read, options),
      close: () => parts.close(),
    };
  } catch (cause) {
    parts.close();
    throw readingError(input, 0, cause, options.signal);
  }
}

/** Streams the rows of a dataset, see {@link openRows}. */
export function readRows(input: DatasetName, options: ReadRowsOptions = {}): AsyncGenerator<Row, void> {
  return readRowsWith(readSample, input, options);
}

/** The same with another reader of the rows' objects. */
export async function* readRowsWith<Found extends Content>(
  read: ObjectReader<Found>,
  input: DatasetName,
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

/** What a dataset's rows are held in, and where. @throws {ReflectionError} as {@link openRows} does. */
export async function datasetOrigin(
  input: DatasetName,
  options: Pick<ReadRowsOptions, 'format' | 'name'> = {},
): Promise<Pick<RowSource, 'format' | 'files'>> {
  const { format, files, close } = await openRows(input, options);
  close();
  return { format, files };
}

/** A file that is being read. */
interface OpenPart extends Part {
  /** What messages call it. */
  readonly name: string;
  /** Bytes of the dataset that lie in the files before it. */
  readonly before: number;
}

/** The files of a dataset one after another, no more than one of them open. */
class Parts {
  readonly #options: ReadRowsOptions;
  #open: OpenPart | undefined;
  #size = 0;
  #end = 0;

  constructor(options: ReadRowsOptions) {
    this.#options = options;
  }

  get current(): OpenPart {
    return this.#open!;
  }

  /** @param isOnly - Whether it is the dataset's only file, which goes by the dataset's name. */
  async open(file: string, isOnly = false): Promise<OpenPart> {
    const { chunkBytes = DEFAULT_CHUNK_BYTES, maxRowBytes = DEFAULT_MAX_ROW_BYTES } = this.#options;
    const {
      format,
      signal,
      name = inputName(file),
    } = isOnly ? this.#options : { ...this.#options, name: undefined };
    this.close();
    this.#end += this.#size;
    const part = await openPart(file, { format, name, chunkBytes, maxRowBytes, signal });
    this.#size = isOnly ? 0 : ((await inputBytes(file)) ?? 0);
    this.#open = { ...part, name, before: this.#end };
    return this.#open;
  }

  close(): void {
    this.#open?.close();
  }
}

async function* rowsOf<Found extends Content>(
  input: DatasetName,
  parts: Parts,
  later: readonly string[],
  read: ObjectReader<Found>,
  options: ReadRowsOptions,
): AsyncGenerator<RowOf<Found>, void> {
  const { limit = Number.POSITIVE_INFINITY, maxRowBytes = DEFAULT_MAX_ROW_BYTES, signal, parse } = options;
  let index = 0;
  let reading: DatasetName = later.length === 0 ? input : parts.current.name;
  const { format } = parts.current;
  try {
    for (const file of [undefined, ...later]) {
      if (file !== undefined) {
        reading = file;
        requireFormat(file, (await parts.open(file)).format, format);
      }
      const { name, batches, inputBytes, before } = parts.current;
      for await (const batch of batches) {
        for (const raw of batch) {
          signal?.throwIfAborted();
          const endByte = before + inputBytes(raw.end);
          yield parseRow(raw, { file: name, index, endByte, maxRowBytes, parse, read });
          if (++index >= limit) return;
        }
      }
    }
  } catch (cause) {
    throw readingError(reading, index, cause, signal);
  }
  if (index === 0) {
    throw unreadable(inputName(input), 'has no rows', {
      remedy: 'Check the path and that the file was written completely.',
    });
  }
}

/** Of columns all files are looked at first: rows with others would be found late, and could not be written. */
async function requireSameColumns(
  { name, format, columns = [] }: OpenPart,
  later: readonly string[],
  { format: told, signal }: ReadRowsOptions,
): Promise<void> {
  for (const file of later) {
    const part = await openPart(file, {
      format: told,
      signal,
      chunkBytes: DEFAULT_CHUNK_BYTES,
      maxRowBytes: 1,
    });
    part.close();
    requireFormat(file, part.format, format);
    const own = part.columns ?? [];
    const [other] = own.filter((column) => !columns.includes(column));
    const [missing] = columns.filter((column) => !own.includes(column));
    if (other === undefined && missing === undefined) continue;
    const difference = other === undefined ? `has no column ${missing}` : `has a column ${other}`;
    throw unreadable(file, `${difference}, other than ${name}`, {
      remedy: 'The files of one dataset have the same columns: write them again with one schema.',
    });
  }
}

/** JSON may stand in lines and in arrays; all else is of one kind. */
function requireFormat(file: string, format: FormatName, first: FormatName): void {
  if (kindOf(format) === kindOf(first)) return;
  throw unreadable(file, `is ${kindOf(format)}, and the files before it are ${kindOf(first)}`, {
    remedy: 'The files of one dataset have one format: convert some of them, or read them one by one.',
  });
}

function kindOf(format: FormatName): string {
  return format === 'jsonl' ? 'json' : format;
}

function readingError(
  input: DatasetName,
  rows: number,
  cause: unknown,
  signal: AbortSignal | undefined,
): unknown {
  if (!isAbort(cause, signal)) return datasetError(firstNameIn(input), cause);
  return new ReflectionError('aborted', `Reading ${inputName(input)} was aborted after ${rows} rows.`, {
    cause,
  });
}
