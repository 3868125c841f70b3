import { type FileHandle, open } from 'node:fs/promises';
import { linesOfFile } from '../../util/lines-of-file.js';
import { NumberMap } from '../../util/number-map.js';
import { ROW_KEY } from '../row-key.js';

const KEY_MARK = Buffer.from(`"${ROW_KEY}":"`);
const KEY_LENGTH = 16;
const LINE_FEED = Buffer.from('\n');
const WINDOW_BYTES = 64 * 1024;

/** A part of the file in memory: lookups mostly come in the file's own order. */
interface Window {
  readonly start: number;
  readonly bytes: Buffer;
}

/** The lines that earlier, killed attempts have finished, found by their row keys. Only an index is in memory. */
export class FinishedLines {
  readonly #file: FileHandle;
  /** From 52 bits of a row's key to where its line starts. */
  readonly #offsets = new NumberMap();
  /** Size of the file: the end of its last whole line. */
  #end = 0;
  #window: Window = { start: 0, bytes: Buffer.alloc(0) };

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens the file, or creates it; an unfinished line at its end is cut off. */
  static async open(path: string): Promise<FinishedLines> {
    const lines = new FinishedLines(await open(path, 'a+'));
    try {
      for await (const batch of linesOfFile(path)) {
        for (const { bytes, end } of batch) {
          lines.#add(bytes, end - bytes.length);
          lines.#end = end + 1;
        }
      }
      await lines.#file.truncate(lines.#end);
    } catch (error) {
      await lines.close();
      throw error;
    }
    return lines;
  }

  /** How many different rows there are lines of. */
  get count(): number {
    return this.#offsets.size;
  }

  /** Appends the lines of another file whose rows are not here yet. When it resolves they are on disk. */
  async absorb(path: string): Promise<void> {
    for await (const batch of linesOfFile(path)) {
      const added: Buffer[] = [];
      for (const { bytes } of batch) {
        if (!this.#add(bytes, this.#end)) continue;
        added.push(bytes, LINE_FEED);
        this.#end += bytes.length + LINE_FEED.length;
      }
      await this.#file.appendFile(Buffer.concat(added));
    }
    await this.#file.sync();
  }

  /** The line with this row key, if any; with a chance of 2^-52 per pair of rows it is another row's. */
  async find(key: string): Promise<string | undefined> {
    const offset = this.#offsets.get(hashOf(key));
    if (offset === undefined) return undefined;
    let line = lineAt(this.#window, offset);
    for (let size = WINDOW_BYTES; line === undefined; size *= 2) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.allocUnsafe(size), 0, size, offset);
      this.#window = { start: offset, bytes: buffer.subarray(0, bytesRead) };
      line = lineAt(this.#window, offset);
      if (bytesRead < size) break;
    }
    return line;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Indexes a line at `offset` unless it has no row key or its row is known already. */
  #add(line: Buffer, offset: number): boolean {
    const key = keyOf(line);
    if (key === undefined || this.#offsets.get(hashOf(key)) !== undefined) return false;
    this.#offsets.set(hashOf(key), offset);
    return true;
  }
}

/** The row's own fields come first and may hold anything, ours hold no second mark: so the last one counts. */
function keyOf(line: Buffer): string | undefined {
  const mark = line.lastIndexOf(KEY_MARK);
  if (mark === -1) return undefined;
  const start = mark + KEY_MARK.length;
  const key = line.toString('latin1', start, start + KEY_LENGTH);
  return /^[0-9a-f]{16}$/.test(key) ? key : undefined;
}

function lineAt({ start, bytes }: Window, offset: number): string | undefined {
  const from = offset - start;
  const to = from < 0 || from >= bytes.length ? -1 : bytes.indexOf(LINE_FEED, from);
  return to === -1 ? undefined : bytes.toString('utf8', from, to);
}

/** As many bits as keep a number exact and an index small. */
function hashOf(key: string): number {
  return Number.parseInt(key.slice(0, 13), 16);
}
