import type { Row } from '../../dataset/row.js';
import type { BatchTeacher, BatchWait } from '../../teacher/batch/batch-teacher.js';
import type { TeacherReply, TeacherRequest } from '../../teacher/teacher.js';
import type { KeptReplies } from './kept-replies.js';
import { NotYetAnswered, type ReplySource } from './reply-source.js';

export interface BatchRepliesParts {
  readonly teacher: BatchTeacher;
  readonly kept: KeptReplies;
  /** Ends the wait; batches that were handed in go on. */
  readonly stopAsking: AbortSignal;
  readonly onWait?: ((wait: BatchWait) => void) | undefined;
}

interface Wanted {
  readonly key: string;
  readonly request: TeacherRequest;
  readonly row: Pick<Row, 'index'>;
}

/** Bounds how many batches are under way. */
const MOST_WANTED = 50_000;
/** Bounds what is held in memory, should requests be large. */
const MOST_CHARACTERS = 2 ** 28;

/** Replies that come in waves: requests are gathered first, then all of them are put. */
export class BatchReplies implements ReplySource {
  readonly #parts: BatchRepliesParts;
  readonly #wanted = new Map<string, Wanted>();
  /** Of the questions that are wanted. */
  #characters = 0;

  constructor(parts: BatchRepliesParts) {
    this.#parts = parts;
  }

  /** The replies so far. */
  get kept(): KeptReplies {
    return this.#parts.kept;
  }

  /** Replies that came so far, i.e. not those that the state had. */
  get asked(): number {
    return this.#parts.kept.count;
  }

  /** Enough requests are gathered for one wave. */
  get isFull(): boolean {
    return this.#wanted.size >= MOST_WANTED || this.#characters >= MOST_CHARACTERS;
  }

  async reply(key: string, request: TeacherRequest, row: Pick<Row, 'index'>): Promise<TeacherReply> {
    const kept = this.#parts.kept.find(key);
    if (kept !== undefined) return kept;
    if (!this.#wanted.has(key)) this.#characters += request.user.length;
    this.#wanted.set(key, { key, request, row });
    throw new NotYetAnswered();
  }

  /**
   * Sweeps over the rows until nothing is left to ask, getting the replies that each sweep found wanting.
   * @param sweep - Goes over the rows and stops when told to; what is not yet answered is left for the next sweep.
   * @throws {ReflectionError} as {@link BatchTeacher.askAll} does, and what the sweeps throw.
   */
  async inWaves(sweep: () => Promise<void>): Promise<void> {
    for (;;) {
      await sweep();
      if (this.#wanted.size === 0) return;
      await this.#fetch();
    }
  }

  async #fetch(): Promise<void> {
    const { teacher, kept, stopAsking, onWait } = this.#parts;
    const wanted = new Map([...this.#wanted.values()].map((one) => [one.request, one]));
    this.#wanted.clear();
    this.#characters = 0;
    const replies = teacher.askAll([...wanted.keys()], { signal: stopAsking, onWait });
    for await (const { request, reply } of replies) {
      const { key, row } = wanted.get(request)!;
      kept.keep(key, reply, row);
    }
  }
}

/** Does work that a missing reply may put off. @returns undefined then. */
export async function unlessNotYetAnswered<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotYetAnswered) return undefined;
    throw error;
  }
}
