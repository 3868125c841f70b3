import { type FileHandle, open } from 'node:fs/promises';
import { ReflectionError } from '../../errors.js';
import { formatJournalEntry, type JournalEntry } from './journal-entry.js';

const LINE_FEED = 10;
const CHUNK_BYTES = 64 * 1024;

/** Appends replies to a file of JSON lines, each on disk before its append is over. */
export class TeacherJournal implements AsyncDisposable {
  readonly #path: string;
  readonly #file: FileHandle;
  #lines: string[] = [];
  /** The write that entries appended now will be part of. */
  #next: Promise<void> | undefined;
  /** The last write begun. Once one fails all later ones do, so nothing is ever written behind a torn line. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens a journal to go on with, or a new one. A line that a crash left unfinished is removed.
   * @throws {ReflectionError} `output_unwritable`.
   */
  static async open(path: string): Promise<TeacherJournal> {
    try {
      const file = await open(path, 'a+');
      await file.truncate(await endOfLastLine(file));
      return new TeacherJournal(path, file);
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  /**
   * Resolves when the entry is on disk. Entries that come while another write goes on share the next one.
   * @throws {ReflectionError} `output_unwritable`.
   */
  append(entry: JournalEntry): Promise<void> {
    this.#lines.push(formatJournalEntry(entry));
    if (this.#next === undefined) {
      this.#next = this.#writing.then(() => this.#flush());
      this.#writing = this.#next;
    }
    return this.#next;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Whoever appended was told of a failure.
    await this.#writing.catch(() => {});
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    const text = this.#lines.join('');
    this.#lines = [];
    this.#next = undefined;
    try {
      await this.#file.appendFile(text);
      await this.#file.sync();
    } catch (cause) {
      throw unwritable(this.#path, cause);
    }
  }
}

/** The offset behind the last line feed, 0 when there is none. */
async function endOfLastLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK_BYTES);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    const lineFeed = chunk.subarray(0, bytesRead).lastIndexOf(LINE_FEED);
    if (lineFeed !== -1) return start + lineFeed + 1;
    end = start;
  }
  return 0;
}

function unwritable(path: string, cause: unknown): ReflectionError {
  const because = cause instanceof Error ? cause.message : String(cause);
  return new ReflectionError('output_unwritable', `Cannot write the journal ${path}: ${because}`, {
    remedy: 'Check the path and the disk it lies on; what it holds already is kept.',
    cause,
  });
}
