import * as zlib from 'node:zlib';

/** Node's own zlib has Zstandard from 22.15 on. Its streams end with the first frame, so that only whole ones are its. */
const own = zlib as unknown as {
  readonly zstdCompressSync?: (bytes: Uint8Array) => Buffer;
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: object) => Buffer;
};

export const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/**
 * Compressed bytes unpacked at a time. A block of four bytes may stand for 128 KiB, so that a piece this large never
 * becomes more than some 16 MiB before it is handed on.
 */
const PIECE_BYTES = 512;
/** What `zstd` itself unpacks without being told otherwise. */
const LARGEST_WINDOW = 2 ** 27;

/** Zstandard data that cannot be unpacked. */
export class ZstdError extends Error {
  readonly code: 'ZSTD_DATA_ERROR' | 'ZSTD_CUT_OFF' | 'ZSTD_WINDOW';

  constructor(code: ZstdError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * Unpacks a stream of one or more frames. However much a few bytes stand for, little of it is in memory at a time.
 * @throws {ZstdError}
 */
export async function* unzstd(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const { Decompress } = await import('fzstd');
  let ready: Buffer[] = [];
  const unpacker = new Decompress((piece) => {
    // the unpacker's window, which is written over by what follows
    if (piece.length > 0) ready.push(Buffer.from(piece));
  });
  let isFirst = true;
  const push = (piece: Uint8Array, isLast: boolean) => {
    try {
      unpacker.push(piece, isLast);
    } catch (cause) {
      throw asZstdError(cause);
    }
  };
  for await (const chunk of bytes) {
    if (isFirst && chunk.length > 0) requireWindow(chunk);
    isFirst = false;
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      push(chunk.subarray(start, start + PIECE_BYTES), false);
      if (ready.length === 0) continue;
      const unpacked = ready;
      ready = [];
      yield* unpacked;
    }
  }
  push(new Uint8Array(0), true);
  yield* ready;
}

/** Packs bytes as a frame of their own; frames behind one another are one file. */
export async function zstdFrame(bytes: Uint8Array): Promise<Uint8Array> {
  if (own.zstdCompressSync !== undefined) return own.zstdCompressSync(bytes);
  const zstd = await loadWasm();
  return zstd.compress(bytes, 3);
}

/** What unpacks a frame whose content is known to have `size` bytes. @throws {ZstdError} */
export async function unzstdBytes(): Promise<(bytes: Uint8Array, size: number) => Uint8Array> {
  const native = own.zstdDecompressSync;
  if (native !== undefined) return (bytes, size) => native(bytes, { maxOutputLength: Math.max(size, 1) });
  const zstd = await loadWasm();
  const { decompress } = await import('fzstd');
  return (bytes, size) => {
    try {
      // the fast way sets aside what the frame says that it holds
      return contentSize(bytes) === size ? zstd.decompress(bytes) : decompress(bytes, new Uint8Array(size));
    } catch (cause) {
      throw asZstdError(cause);
    }
  };
}

/** What unpacks a frame that says how large its content is. @throws {ZstdError} */
export async function zstdDecompressor(): Promise<(bytes: Uint8Array) => Uint8Array> {
  const unpack = await unzstdBytes();
  return (bytes) => {
    const size = contentSize(bytes);
    if (size === undefined) throw new ZstdError('ZSTD_DATA_ERROR', 'the size of the content is not told');
    return unpack(bytes, size);
  };
}

/** What a frame says that it holds, in bytes; undefined when it does not, or is no frame. */
function contentSize(frame: Uint8Array): number | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 14 || view.getUint32(0) !== ZSTD_MAGIC.readUInt32BE()) return undefined;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + [0, 1, 2, 4][descriptor & 3]!;
  switch (descriptor >> 6) {
    case 0:
      return isSingleSegment ? view.getUint8(at) : undefined;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return undefined;
  }
}

/** Packs a page at a time once it is loaded. */
export async function zstdCompressor(): Promise<(bytes: Uint8Array) => Uint8Array> {
  const native = own.zstdCompressSync;
  if (native !== undefined) return (bytes) => native(bytes);
  const zstd = await loadWasm();
  return (bytes) => zstd.compress(bytes, 3);
}

let wasm: Promise<Pick<typeof import('@bokuweb/zstd-wasm'), 'compress' | 'decompress'>> | undefined;

function loadWasm(): NonNullable<typeof wasm> {
  wasm ??= import('@bokuweb/zstd-wasm').then(async (zstd) => {
    await zstd.init();
    return zstd;
  });
  return wasm;
}

/** @throws {ZstdError} when the first frame asks for more memory than `zstd` would give it. */
function requireWindow(head: Buffer): void {
  const descriptor = head[ZSTD_MAGIC.length];
  const window = head[ZSTD_MAGIC.length + 1];
  const isSingleSegment = descriptor !== undefined && (descriptor & 0x20) !== 0;
  if (descriptor === undefined || window === undefined || isSingleSegment) return;
  const base = 2 ** (10 + (window >> 3));
  if (base + (base / 8) * (window & 7) <= LARGEST_WINDOW) return;
  throw new ZstdError('ZSTD_WINDOW', 'its window is larger than 128 MiB');
}

function asZstdError(cause: unknown): ZstdError {
  const { message, code } = cause as { readonly message: string; readonly code?: number };
  if (code === 5) return new ZstdError('ZSTD_CUT_OFF', message, cause);
  return new ZstdError(code === 1 ? 'ZSTD_WINDOW' : 'ZSTD_DATA_ERROR', message, cause);
}
