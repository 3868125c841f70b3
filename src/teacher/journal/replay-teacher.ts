import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { ReflectionError } from '../../errors.js';
import { type Line, LineSplitter } from '../../util/line-splitter.js';
import { closed, throwIfCalledOff } from '../called-off.js';
import { requestHash } from '../reply/request-hash.js';
import {
  type AskOptions,
  NO_USAGE,
  type Teacher,
  type TeacherReply,
  type TeacherRequest,
} from '../teacher.js';
import { type JournalEntry, parseJournalEntry } from './journal-entry.js';

const MAX_LINE_BYTES = 256 * 1024 * 1024;

interface Place {
  readonly offset: number;
  readonly length: number;
}

/** Repeats the replies of a journal: the last one to the same key and exactly the same request. */
export class ReplayTeacher implements Teacher {
  readonly id: string;
  readonly server = null;
  readonly #path: string;
  readonly #file: FileHandle;
  /** Replies stay in the file, so that a large journal needs little memory. */
  readonly #places: ReadonlyMap<string, Place>;

  #isClosed = false;

  private constructor(path: string, file: FileHandle, hash: string, places: ReadonlyMap<string, Place>) {
    this.id = `replay:${hash}`;
    this.#path = path;
    this.#file = file;
    this.#places = places;
  }

  /** @throws {ReflectionError} `journal_unreadable`; a last line that a crash left unfinished is passed over. */
  static async open(path: string): Promise<ReplayTeacher> {
    const file = await open(path).catch((cause: Error) => {
      throw unreadable(`Cannot open the journal ${path}: ${cause.message}`, cause);
    });
    try {
      const digest = createHash('sha256');
      const places = new Map<string, Place>();
      const note = (line: Line, whole: boolean) => {
        const entry = line.overflowed ? undefined : parseJournalEntry(line.bytes.toString());
        if (entry !== undefined) {
          const { length } = line.bytes;
          places.set(indexKey(entry), { offset: line.end - length, length });
        } else if (whole) {
          throw unreadable(`${path}, line ${line.number}: this is no entry of a teacher's journal.`);
        }
      };
      const lines = new LineSplitter(MAX_LINE_BYTES);
      for await (const chunk of file.createReadStream({ autoClose: false, start: 0 })) {
        digest.update(chunk);
        for (const line of lines.push(chunk)) note(line, true);
      }
      for (const line of lines.end()) note(line, false);
      return new ReplayTeacher(path, file, digest.digest('hex').slice(0, 16), places);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async ask(request: TeacherRequest, options: AskOptions = {}): Promise<TeacherReply> {
    throwIfCalledOff(options);
    if (this.#isClosed) throw closed();
    const place = this.#places.get(indexKey({ key: request.key, requestHash: requestHash(request) }));
    if (place !== undefined) return this.#read(place);
    return {
      kind: 'failed',
      reason: 'replay_missing',
      detail: `${this.#path} holds no reply to this request.`,
      rawText: null,
      model: this.id,
      usage: NO_USAGE,
      retries: 0,
      milliseconds: 0,
      format: null,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#file.close();
  }

  async #read({ offset, length }: Place): Promise<TeacherReply> {
    const { buffer } = await this.#file.read(Buffer.alloc(length), 0, length, offset);
    const entry = parseJournalEntry(buffer.toString());
    if (entry === undefined) throw unreadable(`The journal ${this.#path} was changed while it was in use.`);
    return entry.reply;
  }
}

function indexKey({ key, requestHash }: Pick<JournalEntry, 'key' | 'requestHash'>): string {
  return `${requestHash} ${key}`;
}

function unreadable(message: string, cause?: unknown): ReflectionError {
  return new ReflectionError('journal_unreadable', message, {
    remedy: 'Give the journal that an earlier run wrote.',
    cause,
  });
}
