import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { peek, prepend } from '../util/peek.js';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** One pass over a file's bytes, decompressed. */
export interface ByteSource {
  readonly chunks: AsyncIterable<Buffer>;
  /** Bytes of the file that were needed to get `offset` bytes far in `chunks`; of a .gz file, all read so far. */
  fileBytes(offset: number): number;
  close(): void;
}

/** Opens a file, unpacking it when it begins like gzip. */
export function openByteSource(file: string, chunkBytes: number): ByteSource {
  const stream = createReadStream(file, { highWaterMark: chunkBytes });
  let isCompressed = false;
  async function* chunks(): AsyncGenerator<Buffer, void> {
    const { head, rest } = await peek(stream, GZIP_MAGIC.length);
    isCompressed = head.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC);
    const bytes = prepend(head, rest);
    // A failure of either stream reaches whoever reads the last one, so the callback has nothing to do.
    yield* isCompressed
      ? pipeline(bytes, createGunzip({ chunkSize: Math.max(chunkBytes, 64) }), () => {})
      : bytes;
  }
  return {
    chunks: chunks(),
    fileBytes: (offset) => (isCompressed ? stream.bytesRead : offset),
    close: () => stream.destroy(),
  };
}
