import { type ByteSink, openFileSink } from './byte-sink.js';
import type { Compression } from './row-format.js';

const FLUSH_BYTES = 1024 * 1024;
const FLUSH_MS = 1000;

/** Writes lines in large pieces, the last of them at most a second after its line came. */
export class LineWriter {
  readonly #sink: ByteSink;
  #lines: string[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The last write begun. Once one fails all later ones do, so nothing is ever written behind a torn line. */
  #writing: Promise<void> = Promise.resolve();

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /**
   * Writes to a new file.
   * @param name - The path that people know the file by, should it be another.
   * @throws {ReflectionError} `output_unwritable`.
   */
  static async create(
    path: string,
    name = path,
    { compression = 'none' }: { readonly compression?: Compression } = {},
  ): Promise<LineWriter> {
    return new LineWriter(await openFileSink(path, { name, compression }));
  }

  /** Resolves when the next line may come. @throws {ReflectionError} `output_unwritable` when a write has failed. */
  append(line: string): Promise<void> {
    this.#lines.push(line);
    this.#length += line.length + 1;
    if (this.#length >= FLUSH_BYTES) return this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS);
    return this.#writing;
  }

  /** Writes what is left, has it all put on disk when `durably`, and closes the sink whatever happens. */
  async close({ durably }: { readonly durably: boolean }): Promise<void> {
    let isWhole = false;
    try {
      await this.#flush();
      isWhole = true;
    } finally {
      await this.#sink.close({ durably: durably && isWhole });
    }
  }

  #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#lines.map((line) => `${line}\n`).join('');
    this.#lines = [];
    this.#length = 0;
    this.#writing = this.#writing.then(() => this.#sink.write(text));
    // Whoever appends or closes next is told; until then the failure must not count as unhandled.
    this.#writing.catch(() => {});
    return this.#writing;
  }
}
