import type { CompressionCodec, ParquetType } from 'hyparquet';
import type { LeafLevels } from '../read/leaf-cursor.js';
import { i32, struct, structOf, varint, writeThrift } from './thrift.js';

/** Packs bytes, and what the format calls the way it does. */
export interface Packer {
  readonly codec: CompressionCodec;
  pack(bytes: Uint8Array): Uint8Array;
}

/** A page as it stands in a file, its header in front. */
export interface WrittenPage {
  readonly bytes: Buffer;
  readonly entries: number;
  /** Header and unpacked content. */
  readonly unpacked: number;
}

/** Bytes of values, and entries, after which a page ends. */
const PAGE_BYTES = 2 ** 20;
const PAGE_ENTRIES = 20_000;

const PLAIN = 0;
const RLE = 3;
const DATA_PAGE = 0;

/** Gathers the entries of one column into pages: plain values behind their levels. */
export class PageWriter {
  readonly #type: ParquetType;
  readonly #levels: LeafLevels;
  readonly #packer: Packer;
  readonly #values = new PlainValues();
  #definition: number[] = [];
  #repetition: number[] = [];
  #entries = 0;

  constructor(type: ParquetType, levels: LeafLevels, packer: Packer) {
    this.#type = type;
    this.#levels = levels;
    this.#packer = packer;
  }

  /** Whether a row may be the last of its page. */
  get isFull(): boolean {
    return this.#entries >= PAGE_ENTRIES || this.#values.size >= PAGE_BYTES;
  }

  /** @param value - As the format stores it; undefined unless `definition` is that of a value that is there. */
  add(repetition: number, definition: number, value: unknown): void {
    this.#entries += 1;
    if (this.#levels.repetition > 0) this.#repetition.push(repetition);
    if (this.#levels.definition > 0) this.#definition.push(definition);
    if (definition === this.#levels.definition) this.#values.add(this.#type, value);
  }

  /** The page of all that was added since the last; undefined when that is nothing. */
  take(): WrittenPage | undefined {
    if (this.#entries === 0) return undefined;
    const content = Buffer.concat([
      ...(this.#levels.repetition > 0 ? [spellLevels(this.#repetition)] : []),
      ...(this.#levels.definition > 0 ? [spellLevels(this.#definition)] : []),
      this.#values.take(),
    ]);
    const packed = this.#packer.pack(content);
    const header = writeThrift(
      structOf({
        1: i32(DATA_PAGE),
        2: i32(content.length),
        3: i32(packed.length),
        5: struct({ 1: i32(this.#entries), 2: i32(PLAIN), 3: i32(RLE), 4: i32(RLE) }),
      }),
    );
    const page = {
      bytes: Buffer.concat([header, packed]),
      entries: this.#entries,
      unpacked: header.length + content.length,
    };
    this.#definition = [];
    this.#repetition = [];
    this.#entries = 0;
    return page;
  }
}

/** Levels as runs, no level above 255: their length in bytes, then how often and what. */
function spellLevels(levels: readonly number[]): Buffer {
  const runs: Buffer[] = [];
  for (let start = 0; start < levels.length; ) {
    let end = start + 1;
    while (end < levels.length && levels[end] === levels[start]) end++;
    runs.push(varint(BigInt(end - start) << 1n), Buffer.from([levels[start]!]));
    start = end;
  }
  const bytes = Buffer.concat(runs);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Values one behind another, as the encoding called plain has them. */
class PlainValues {
  #bytes = Buffer.allocUnsafe(2 ** 12);
  #size = 0;
  /** Bits of the last byte that are taken by truth values; these stand eight to a byte. */
  #bits = 0;

  get size(): number {
    return this.#size;
  }

  add(type: ParquetType, value: unknown): void {
    switch (type) {
      case 'BOOLEAN':
        this.#addBit(value === true);
        return;
      case 'INT32':
        this.#size = this.#room(4).writeInt32LE(value as number, this.#size);
        return;
      case 'INT64':
        this.#size = this.#room(8).writeBigInt64LE(BigInt.asIntN(64, BigInt(value as bigint)), this.#size);
        return;
      case 'INT96':
        this.#addInt96(value as bigint);
        return;
      case 'FLOAT':
        this.#size = this.#room(4).writeFloatLE(value as number, this.#size);
        return;
      case 'DOUBLE':
        this.#size = this.#room(8).writeDoubleLE(value as number, this.#size);
        return;
      case 'BYTE_ARRAY': {
        const bytes = value as Uint8Array;
        this.#size = this.#room(4 + bytes.length).writeUInt32LE(bytes.length, this.#size);
        this.#addBytes(bytes);
        return;
      }
      default:
        this.#room((value as Uint8Array).length);
        this.#addBytes(value as Uint8Array);
    }
  }

  take(): Buffer {
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#size));
    this.#size = 0;
    this.#bits = 0;
    return bytes;
  }

  #addBytes(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  #addBit(value: boolean): void {
    if (this.#bits % 8 === 0) {
      this.#room(1)[this.#size] = 0;
      this.#size += 1;
    }
    if (value) this.#bytes[this.#size - 1]! |= 1 << (this.#bits % 8);
    this.#bits += 1;
  }

  #addInt96(value: bigint): void {
    const bytes = this.#room(12);
    this.#size = bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#size);
    this.#size = bytes.writeInt32LE(Number(value >> 64n), this.#size);
  }

  #room(length: number): Buffer {
    if (this.#size + length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#size + length));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
