import { type FileHandle, open, rm } from 'node:fs/promises';
import type { ParquetType } from 'hyparquet';
import type { LeafLevels } from '../read/leaf-cursor.js';
import { type Packer, PageWriter } from './page-writer.js';

/** A page of a column that waits in the spool. */
interface SpooledPage {
  readonly offset: number;
  readonly length: number;
}

/** Pages of all columns of a row group, in the order in which they fill; the file format has them column by column. */
export class PageSpool {
  readonly #path: string;
  readonly #file: FileHandle;
  #end = 0;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<PageSpool> {
    return new PageSpool(path, await open(path, 'w+'));
  }

  /** Bytes that wait. */
  get size(): number {
    return this.#end;
  }

  async add(bytes: Buffer): Promise<SpooledPage> {
    const offset = this.#end;
    this.#end += bytes.length;
    await this.#file.write(bytes, 0, bytes.length, offset);
    return { offset, length: bytes.length };
  }

  async read({ offset, length }: SpooledPage): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    await this.#file.read(bytes, 0, length, offset);
    return bytes;
  }

  /** Nothing that was added is needed any more. */
  clear(): void {
    this.#end = 0;
  }

  async remove(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}

/** What a column chunk of such pages consists of. */
export interface SpooledChunk {
  readonly pages: readonly SpooledPage[];
  readonly entries: number;
  /** Bytes packed and unpacked, headers included. */
  readonly packed: number;
  readonly unpacked: number;
}

/** A column of the row group that is being written. */
export class SpooledLeaf {
  readonly #writer: PageWriter;
  readonly #spool: PageSpool;
  #pages: SpooledPage[] = [];
  #entries = 0;
  #packed = 0;
  #unpacked = 0;

  constructor(spool: PageSpool, type: ParquetType, levels: LeafLevels, packer: Packer) {
    this.#spool = spool;
    this.#writer = new PageWriter(type, levels, packer);
  }

  add(repetition: number, definition: number, value: unknown): void {
    this.#writer.add(repetition, definition, value);
  }

  endRow(): Promise<void> | void {
    if (this.#writer.isFull) return this.#flush();
  }

  /** All that was added since the last time. */
  async take(): Promise<SpooledChunk> {
    await this.#flush();
    const chunk = {
      pages: this.#pages,
      entries: this.#entries,
      packed: this.#packed,
      unpacked: this.#unpacked,
    };
    this.#pages = [];
    this.#entries = 0;
    this.#packed = 0;
    this.#unpacked = 0;
    return chunk;
  }

  async #flush(): Promise<void> {
    const page = this.#writer.take();
    if (page === undefined) return;
    this.#entries += page.entries;
    this.#packed += page.bytes.length;
    this.#unpacked += page.unpacked;
    this.#pages.push(await this.#spool.add(page.bytes));
  }
}
