import { type FileHandle, open } from 'node:fs/promises';
import type { FileMetaData, SchemaTree } from 'hyparquet';
import { ColumnsError, columnsError } from '../../columns-error.js';

/** What every Parquet file begins and ends with. */
export const PARQUET_MAGIC = Buffer.from('PAR1');
/** The length of the footer, and the magic. */
const TAIL_BYTES = 8;
const FETCH_AGAIN = 'Fetch the file or write it again.';

/** A Parquet file whose footer has been read. */
export interface ParquetFile {
  readonly path: string;
  readonly size: number;
  readonly metadata: FileMetaData;
  /** The footer as it is spelled. */
  readonly footer: Buffer;
  readonly schema: SchemaTree;
  /** The leaves of the schema in order: one for each column chunk of a row group. */
  readonly leaves: readonly (readonly SchemaTree[])[];
  /** Exactly these bytes. @throws {ColumnsError} where the file ends before. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** @throws {ColumnsError} for a file that is cut off, damaged, or of a kind that is not read; an error of the system. */
export async function openParquetFile(path: string): Promise<ParquetFile> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const footer = await readFooter(handle, size);
    const { parquetMetadata, parquetSchema } = await import('hyparquet');
    const whole = Buffer.concat([footer, tailOf(footer)]);
    const metadata = parquetMetadata(whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.length), {
      geoparquet: false,
    });
    const schema = parquetSchema(metadata);
    const leaves = leavesOf([schema]);
    requireReadable(metadata, leaves.length);
    const read = (offset: number, length: number) => readExactly(handle, offset, length);
    return { path, size, metadata, footer, schema, leaves, read, close: () => handle.close() };
  } catch (cause) {
    await handle.close();
    throw columnsError(cause, 'in its footer', FETCH_AGAIN);
  }
}

async function readFooter(handle: FileHandle, size: number): Promise<Buffer> {
  const head = await readExactly(handle, 0, Math.min(size, PARQUET_MAGIC.length));
  if (!head.equals(PARQUET_MAGIC))
    throw new ColumnsError('is no Parquet file', 'Say what it is, or leave that out.');
  const cutOff = () => new ColumnsError('is a Parquet file that ends too early', FETCH_AGAIN);
  if (size < PARQUET_MAGIC.length + TAIL_BYTES) throw cutOff();
  const tail = await readExactly(handle, size - TAIL_BYTES, TAIL_BYTES);
  const magic = tail.subarray(4);
  if (magic.toString('latin1') === 'PARE') {
    throw new ColumnsError('is an encrypted Parquet file', 'Decrypt it first.');
  }
  const length = tail.readUInt32LE(0);
  if (!magic.equals(PARQUET_MAGIC) || length > size - TAIL_BYTES - PARQUET_MAGIC.length) throw cutOff();
  return readExactly(handle, size - TAIL_BYTES - length, length);
}

function tailOf(footer: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  return Buffer.concat([length, PARQUET_MAGIC]);
}

async function readExactly(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  // memory of its own: values are views of it, and the pool has other data behind it
  const buffer = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(buffer, done, length - done, offset + done);
    if (bytesRead === 0) throw new ColumnsError('is a Parquet file that ends too early', FETCH_AGAIN);
    done += bytesRead;
  }
  return buffer;
}

function leavesOf(path: readonly SchemaTree[]): (readonly SchemaTree[])[] {
  const { children } = path.at(-1)!;
  return children.length === 0 && path.length > 1
    ? [path]
    : children.flatMap((child) => leavesOf([...path, child]));
}

function requireReadable({ row_groups: groups }: FileMetaData, leaves: number): void {
  for (const { columns } of groups) {
    if (columns.length !== leaves) throw new Error(`a row group has ${columns.length} columns of ${leaves}`);
    for (const { file_path: elsewhere, meta_data: meta } of columns) {
      if (elsewhere) throw new ColumnsError('keeps its columns in other files', 'Write it as one file.');
      if (meta === undefined) throw new ColumnsError('has encrypted columns', 'Decrypt it first.');
    }
  }
}
