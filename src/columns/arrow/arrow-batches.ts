import type { RecordBatch, Schema } from 'apache-arrow';
import { zstdDecompressor } from '../../util/zstd.js';
import { ColumnsError, columnsError } from '../columns-error.js';
import { requireSound } from './require-sound.js';

/** How a stream of Arrow's begins, and how a file of Arrow's does, which is a stream between two marks. */
export const ARROW_STREAM_MAGIC = Buffer.from([0xff, 0xff, 0xff, 0xff]);
export const ARROW_FILE_MAGIC = Buffer.from('ARROW1');
const FILE_HEAD_BYTES = 8;
const END = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
const FETCH_AGAIN = 'Fetch the file or write it again.';

/** A stream of Arrow's whose schema has been read. */
export interface ArrowBatches {
  readonly schema: Schema;
  /** @throws {ColumnsError} where the stream is damaged or ends too early. */
  readonly batches: AsyncIterable<RecordBatch>;
}

/** @throws {ColumnsError} */
export async function openArrow(bytes: AsyncIterable<Buffer>): Promise<ArrowBatches> {
  const { RecordBatchReader, compressionRegistry, CompressionType } = await import('apache-arrow');
  compressionRegistry.set(CompressionType.ZSTD, { decode: await zstdDecompressor() });
  const tail = new StreamTail();
  try {
    const reader = await RecordBatchReader.from(tail.watch(bytes));
    await reader.open();
    if (reader.schema === undefined) throw tail.cutOff();
    return { schema: reader.schema, batches: whole(reader, tail) };
  } catch (cause) {
    throw arrowError(cause, tail);
  }
}

async function* whole(
  reader: AsyncIterable<RecordBatch>,
  tail: StreamTail,
): AsyncGenerator<RecordBatch, void> {
  try {
    for await (const batch of reader) {
      for (const column of batch.data.children) requireSound(column, batch.numRows);
      yield batch;
    }
  } catch (cause) {
    throw arrowError(cause, tail);
  }
  // without its end nobody knows whether more was to come
  if (!tail.hasEnded) throw tail.cutOff();
}

function arrowError(cause: unknown, tail: StreamTail): unknown {
  if (cause instanceof Error && /^Expected to read/.test(cause.message)) return tail.cutOff(cause);
  return columnsError(cause, 'as an Arrow stream', FETCH_AGAIN);
}

/** Watches a stream go by for the mark at its end; of a file only what lies before the footer is handed on. */
class StreamTail {
  #last = Buffer.alloc(0);
  #isFile = false;

  get hasEnded(): boolean {
    return this.#isFile
      ? this.#last.subarray(-ARROW_FILE_MAGIC.length).equals(ARROW_FILE_MAGIC)
      : this.#last.subarray(-END.length).equals(END);
  }

  cutOff(cause?: unknown): ColumnsError {
    const kind = this.#isFile ? 'an Arrow file' : 'an Arrow stream';
    return new ColumnsError(`is ${kind} that ends too early`, FETCH_AGAIN, cause);
  }

  async *watch(bytes: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array, void> {
    let isFirst = true;
    for await (const chunk of bytes) {
      let rest = chunk;
      if (isFirst) {
        this.#isFile = chunk.subarray(0, ARROW_FILE_MAGIC.length).equals(ARROW_FILE_MAGIC);
        if (this.#isFile) rest = chunk.subarray(FILE_HEAD_BYTES);
        isFirst = false;
      }
      this.#last = Buffer.concat([this.#last, chunk.subarray(-END.length)]).subarray(-END.length);
      yield rest;
    }
  }
}
