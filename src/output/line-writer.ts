import { type FileHandle, open } from 'node:fs/promises';
import { whileWriting } from '../util/output-error.js';

const FLUSH_BYTES = 1024 * 1024;
const FLUSH_MS = 1000;

/** Appends lines to a new file, in large writes, the last of them at most a second after its line came. */
export class LineWriter {
  readonly #file: FileHandle;
  /** What a failure calls the file. */
  readonly #name: string;
  #lines: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The last write begun. Once one fails all later ones do, so nothing is ever written behind a torn line. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle, name: string) {
    this.#file = file;
    this.#name = name;
  }

  /**
   * @param name - The path that people know the file by, should it be another.
   * @throws {ReflectionError} `output_unwritable`.
   */
  static async create(path: string, name = path): Promise<LineWriter> {
    return new LineWriter(await whileWriting(name, () => open(path, 'w')), name);
  }

  /** Resolves when the next line may come. @throws {ReflectionError} `output_unwritable` when a write has failed. */
  append(line: string): Promise<void> {
    this.#lines.push(line);
    this.#length += line.length + 1;
    if (this.#length >= FLUSH_BYTES) return this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
    return this.#writing;
  }

  /** Writes what is left, has it all put on disk when `durably`, and closes the file whatever happens. */
  async close({ durably }: { durably: boolean }): Promise<void> {
    try {
      await this.#flush();
      if (durably) await whileWriting(this.#name, () => this.#file.sync());
    } finally {
      await whileWriting(this.#name, () => this.#file.close());
    }
  }

  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#lines.map((line) => `${line}\n`).join('');
    this.#lines = [];
    this.#length = 0;
    this.#writing = this.#writing.then(() => whileWriting(this.#name, () => this.#file.appendFile(text)));
    // Whoever appends or closes next is told; until then the failure must not count as unhandled.
    this.#writing.catch(() => {});
    return this.#writing;
  }
}
