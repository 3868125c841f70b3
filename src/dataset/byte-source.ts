import { createReadStream } from 'node:fs';
import { addAbortSignal, pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { peek, prepend } from '../util/peek.js';
import { unzstd, ZSTD_MAGIC } from '../util/zstd.js';
import { unreadable } from './dataset-error.js';
import { STANDARD_INPUT } from './inputs/standard-input.js';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** One pass over an input's bytes, decompressed. */
export interface ByteSource {
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes of the input that were needed to get `offset` bytes far in `chunks`; of a compressed file, all read so far. */
  inputBytes(offset: number): number;
  close(): void;
}

/**
 * The bytes of a file, or of standard input, as they are.
 * @throws {ReflectionError} `dataset_unreadable` when standard input is opened for the second time.
 */
export function openInput(input: string, chunkBytes?: number): Readable {
  if (input === STANDARD_INPUT && process.stdin.destroyed) {
    throw unreadable(input, 'has been read before, which cannot be done twice', {
      remedy: 'Save it in a file and name that.',
    });
  }
  return input === STANDARD_INPUT ? process.stdin : createReadStream(input, { highWaterMark: chunkBytes });
}

/**
 * Opens an input, unpacking it when it begins like gzip or Zstandard. Once `signal` has fired reading fails, even while it waits for
 * whoever writes a pipe.
 */
export function openByteSource(input: string, chunkBytes: number, signal?: AbortSignal): ByteSource {
  const stream = openInput(input, chunkBytes);
  if (signal !== undefined) addAbortSignal(signal, stream);
  let isCompressed = false;
  let bytesRead = 0;
  async function* counted(): AsyncGenerator<Buffer, void> {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytesRead += chunk.length;
      yield chunk;
    }
  }
  async function* chunks(): AsyncGenerator<Buffer, void> {
    const { head, rest } = await peek(counted(), ZSTD_MAGIC.length);
    const begins = (magic: Buffer) => head.subarray(0, magic.length).equals(magic);
    const bytes = prepend(head, rest);
    isCompressed = begins(GZIP_MAGIC) || begins(ZSTD_MAGIC);
    if (begins(ZSTD_MAGIC)) yield* unzstd(bytes);
    else if (!begins(GZIP_MAGIC)) yield* bytes;
    // A failure of either stream reaches whoever reads the last one, so the callback has nothing to do.
    else yield* pipeline(bytes, createGunzip({ chunkSize: Math.max(chunkBytes, 64) }), () => {});
  }
  return {
    chunks: chunks(),
    inputBytes: (offset) => (isCompressed ? bytesRead : offset),
    close: () => stream.destroy(),
  };
}
