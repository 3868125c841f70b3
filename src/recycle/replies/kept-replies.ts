import type { Row } from '../../dataset/row.js';
import { ReflectionError } from '../../errors.js';
import { named } from '../../options/option-name.js';
import { remedyFor } from '../../teacher/failure-remedies.js';
import type { OnNotice } from '../../teacher/notice.js';
import type { ReplyFailure, TeacherReply } from '../../teacher/teacher.js';
import type { RunState } from '../run/run-state.js';

/** Where new replies are put as they come: paid for, so that they have to be on disk before anything is made of them. */
export class KeptReplies {
  readonly #state: RunState;
  readonly #notify: OnNotice;
  readonly #told = new Set<ReplyFailure>();
  #count = 0;
  #hasUsable = false;
  #hasFailed = false;
  /** Requests that came to nothing after the latest that did not. */
  #unanswered: string[] = [];
  #isOver = false;

  /** @param notify - Told of the first reply that fails for a reason; thousands may follow. */
  constructor(state: RunState, notify: OnNotice = () => {}) {
    this.#state = state;
    this.#notify = notify;
  }

  /** Replies that were kept, i.e. not those that the state had before. */
  get count(): number {
    return this.#count;
  }

  find(key: string): TeacherReply | undefined {
    const reply = this.#state.reply(key);
    if (reply !== undefined) this.#note(reply);
    return reply;
  }

  /** @param row - The one that the reply is about. */
  keep(key: string, reply: TeacherReply, { index }: Pick<Row, 'index'>): void {
    this.#count++;
    this.#state.keepReply(key, reply);
    this.#note(reply);
    if (isUnanswered(reply)) this.#unanswered.push(key);
    else this.#unanswered = [];
    if (this.#isOver) this.#giveBack();
    if (reply.kind !== 'failed' || this.#told.has(reply.reason)) return;
    this.#told.add(reply.reason);
    const { reason, detail } = reply;
    this.#notify({ kind: 'failed', reason, detail, row: index + 1, remedy: remedyFor(reason) });
  }

  /** @throws {ReflectionError} `teacher_unusable` when all replies failed that this run has come by. */
  requireUsable(): void {
    if (this.#hasUsable || !this.#hasFailed) return;
    const { failures } = this.#state.teacherTotals;
    const told = failures.map(({ reason, count, detail }) => `${reason} (${count}): ${detail}`);
    throw new ReflectionError(
      'teacher_unusable',
      `None of the teacher's replies can be used. ${told.join(' ')}`,
      {
        remedy: `Correct what that says and run again with ${named('retryFailed')}, which asks for all of them anew.`,
        option: 'retryFailed',
      },
    );
  }

  /**
   * The teacher cannot be asked any more, for a reason that will have been that of the requests before, too: they are not
   * held against their rows, which are asked about again.
   */
  over(): void {
    this.#isOver = true;
    this.#giveBack();
  }

  #giveBack(): void {
    this.#state.forgetFailedAmong(this.#unanswered);
    this.#unanswered = [];
  }

  #note({ kind }: TeacherReply): void {
    if (kind === 'answered') this.#hasUsable = true;
    else this.#hasFailed = true;
  }
}

/** The server gave no reply, or none that a model has written. */
function isUnanswered(reply: TeacherReply): boolean {
  return reply.kind === 'failed' && (reply.reason === 'server_error' || reply.reason === 'timeout');
}
