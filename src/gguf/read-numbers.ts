import { type FileHandle, open } from 'node:fs/promises';

/** GGUF's numbers for the types of metadata values. */
const UINT16 = 2;
const STRING = 8;
const ARRAY = 9;
/** Bytes of a value of every other type. */
const BYTES: Readonly<Record<number, number>> = {
  ...{ 0: 1, 1: 1, 7: 1 }, // 8-bit integers and booleans
  ...{ [UINT16]: 2, 3: 2 },
  ...{ 4: 4, 5: 4, 6: 4 }, // 32-bit integers and floats
  ...{ 10: 8, 11: 8, 12: 8 },
};

/**
 * The unsigned 16-bit numbers that a GGUF file's metadata has under these keys; what is absent or of another type is
 * left out. Reads no further than it must. Throws an Error where the file is damaged, and as reading does.
 */
export async function readNumbers<Key extends string>(
  path: string,
  keys: readonly Key[],
  signal?: AbortSignal,
): Promise<Partial<Record<Key, number>>> {
  const found: Partial<Record<Key, number>> = {};
  const file = await open(path);
  try {
    const cursor = new Cursor(file, signal);
    if ((await cursor.take(4)).toString('latin1') !== 'GGUF') throw new Error('is not a GGUF file');
    cursor.skip(4 + 8); // version, number of tensors
    for (let left = await cursor.length(); left > 0 && Object.keys(found).length < keys.length; left--) {
      const name = (await cursor.take(await cursor.length())).toString();
      const type = (await cursor.take(4)).readUInt32LE();
      const key = keys.find((wanted) => wanted === name);
      if (key !== undefined && type === UINT16) found[key] = (await cursor.take(2)).readUInt16LE();
      else await skipValue(cursor, type);
    }
    return found;
  } finally {
    await file.close();
  }
}

async function skipValue(cursor: Cursor, type: number): Promise<void> {
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
class Cursor {
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
}
