import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { CompressionCodec, Compressors } from 'hyparquet';
import { unzstdBytes } from '../../../util/zstd.js';

/** What unpacks pages; none of it makes more of a page than the page says it holds. */
export async function pageCodecs(): Promise<Compressors> {
  const zstd = await unzstdBytes();
  const limited = (size: number) => ({ maxOutputLength: Math.max(size, 1) });
  return {
    GZIP: (bytes, size) => gunzipSync(bytes, limited(size)),
    BROTLI: (bytes, size) => brotliDecompressSync(bytes, limited(size)),
    ZSTD: zstd,
    LZ4_RAW: unpackLz4,
  };
}

export const READ_CODECS: ReadonlySet<CompressionCodec> = new Set([
  ...(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD', 'LZ4_RAW'] as const),
]);

/** A block of LZ4: runs of bytes, each followed by a copy of what came before. */
function unpackLz4(bytes: Uint8Array, size: number): Uint8Array {
  const output = new Uint8Array(size);
  let at = 0;
  let written = 0;
  const lengthFrom = (nibble: number) => {
    let length = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; length += more) more = bytes[at++]!;
    return length;
  };
  while (at < bytes.length) {
    const token = bytes[at++]!;
    const run = lengthFrom(token >> 4);
    output.set(bytes.subarray(at, at + run), written);
    at += run;
    written += run;
    if (at >= bytes.length) break;
    const distance = bytes[at++]! | (bytes[at++]! << 8);
    const end = written + 4 + lengthFrom(token & 15);
    if (distance === 0 || distance > written || end > size) throw new RangeError('invalid LZ4 data');
    for (; written < end; written++) output[written] = output[written - distance]!;
  }
  if (written !== size) throw new RangeError('invalid LZ4 data');
  return output;
}
