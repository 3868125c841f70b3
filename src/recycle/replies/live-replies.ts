import type { Row } from '../../dataset/row.js';
import { ReflectionError } from '../../errors.js';
import type { Teacher, TeacherReply, TeacherRequest } from '../../teacher/teacher.js';
import { linkAbort } from '../../util/linked-abort.js';
import type { KeptReplies } from './kept-replies.js';
import type { ReplySource } from './reply-source.js';

export interface LiveRepliesParts {
  readonly teacher: Teacher;
  readonly kept: KeptReplies;
  /** Once it fires no further request is put; those under way may finish. */
  readonly stopAsking: AbortSignal;
  /** Ends the requests under way as well. */
  readonly hangUp: AbortSignal;
}

/** Replies of a teacher that answers at once. How many requests are under way is the teacher's to decide. */
export class LiveReplies implements ReplySource {
  readonly #parts: LiveRepliesParts;
  readonly #underWay = new Map<string, Promise<TeacherReply>>();
  /** What ends the run; requests that wait, and further ones, fail with it. */
  #failure: { readonly error: unknown } | undefined;
  readonly #failed = new AbortController();

  constructor(parts: LiveRepliesParts) {
    this.#parts = parts;
  }

  /** The replies so far. */
  get kept(): KeptReplies {
    return this.#parts.kept;
  }

  /** Requests answered so far, i.e. not those that the state had replies to. */
  get asked(): number {
    return this.#parts.kept.count;
  }

  /** The reply that is kept, the one another row is waiting for, or a new one. */
  reply(key: string, request: TeacherRequest, row: Pick<Row, 'index'>): Promise<TeacherReply> {
    const kept = this.#parts.kept.find(key);
    if (kept !== undefined) return Promise.resolve(kept);
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const asking = this.#ask(key, request, row).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asking);
    return asking;
  }

  async #ask(key: string, request: TeacherRequest, row: Pick<Row, 'index'>): Promise<TeacherReply> {
    const { teacher, kept, stopAsking, hangUp } = this.#parts;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (stopAsking.aborted) throw new ReflectionError('aborted', 'The run was interrupted.');
    const stopWaiting = linkAbort(stopAsking, this.#failed.signal);
    try {
      const reply = await teacher.ask(request, { signal: hangUp, stopWaiting: stopWaiting.signal });
      kept.keep(key, reply, row);
      return reply;
    } catch (error) {
      this.#failure ??= { error };
      this.#failed.abort();
      kept.over();
      throw this.#failure.error;
    } finally {
      stopWaiting.unlink();
    }
  }
}
