import { type FileHandle, open } from 'node:fs/promises';

/** GGUF's numbers for the types of metadata values. */
export const UINT16 = 2;
export const STRING = 8;
export const ARRAY = 9;
/** Bytes of a value of every other type. */
const BYTES: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 7: 1 }, // 8-bit integers and booleans
  ...{ [UINT16]: 2, 3: 2 },
  ...{ 4: 4, 5: 4, 6: 4 }, // 32-bit integers and floats
  ...{ 10: 8, 11: 8, 12: 8 },
};

/**
 * Reads the metadata of a GGUF file, key by key, no further than it must: a value that `read` does not take from the
 * cursor is skipped. Throws an Error where the file is damaged, and as reading does.
 * @param read - Whether it has read the value; what follows may be left unread once it returns `done`.
 */
export async function readMetadata(
  path: string,
  read: (key: string, type: number, cursor: MetadataCursor) => Promise<'read' | 'skip' | 'done'>,
  signal?: AbortSignal,
): Promise<void> {
  const file = await open(path);
  try {
    const cursor = new MetadataCursor(file, signal);
    if ((await cursor.take(4)).toString('latin1') !== 'GGUF') throw new Error('is not a GGUF file');
    cursor.skip(4 + 8); // version, number of tensors
    for (let left = await cursor.length(); left > 0; left--) {
      const name = await cursor.text();
      const type = (await cursor.take(4)).readUInt32LE();
      const verdict = await read(name, type, cursor);
      if (verdict === 'done') return;
      if (verdict === 'skip') await skipValue(cursor, type);
    }
  } finally {
    await file.close();
  }
}

async function skipValue(cursor: MetadataCursor, type: number): Promise<void> {
  if (type === STRING) return cursor.skip(await cursor.length());
  if (type !== ARRAY) return cursor.skip(bytesOf(type));
  const itemType = (await cursor.take(4)).readUInt32LE();
  const count = await cursor.length();
  if (itemType !== STRING) return cursor.skip(count * bytesOf(itemType));
  // a vocabulary: hundreds of thousands of strings, too many to wait for each
  for (let left = count; left > 0; left--) {
    if (!cursor.has(8)) await cursor.fill(8);
    cursor.skip(cursor.nextLength());
  }
}

function bytesOf(type: number): number {
  const bytes = BYTES[type];
  if (bytes === undefined) throw new Error(`is damaged: its metadata has a value of type ${type}`);
  return bytes;
}

const BLOCK_BYTES = 1 << 20;

/** Goes forward through a file. Skipping reads nothing, also beyond the file's end. */
export class MetadataCursor {
  readonly #file: FileHandle;
  readonly #signal: AbortSignal | undefined;
  #block = Buffer.alloc(0);
  /** Where in the file the block begins, and how far into it the cursor is. */
  #blockStart = 0;
  #offset = 0;

  constructor(file: FileHandle, signal: AbortSignal | undefined) {
    this.#file = file;
    this.#signal = signal;
  }

  has(bytes: number): boolean {
    return this.#offset + bytes <= this.#block.length;
  }

  async fill(bytes: number): Promise<void> {
    this.#signal?.throwIfAborted();
    const position = this.#blockStart + this.#offset;
    const { size } = await this.#file.stat();
    if (position + bytes > size) throw new Error('is damaged: it ends within its metadata');
    const block = Buffer.alloc(Math.min(size - position, Math.max(BLOCK_BYTES, bytes)));
    const { bytesRead } = await this.#file.read(block, 0, block.length, position);
    this.#block = block.subarray(0, bytesRead);
    this.#blockStart = position;
    this.#offset = 0;
  }

  async take(bytes: number): Promise<Buffer> {
    if (!this.has(bytes)) await this.fill(bytes);
    this.#offset += bytes;
    return this.#block.subarray(this.#offset - bytes, this.#offset);
  }

  skip(bytes: number): void {
    this.#offset += bytes;
  }

  /** A length or count at the cursor, of which all bytes must be there. */
  nextLength(): number {
    this.#offset += 8;
    return Number(this.#block.readBigUInt64LE(this.#offset - 8));
  }

  async length(): Promise<number> {
    if (!this.has(8)) await this.fill(8);
    return this.nextLength();
  }

  /** A string, its length before it. */
  async text(): Promise<string> {
    return (await this.take(await this.length())).toString();
  }
}
