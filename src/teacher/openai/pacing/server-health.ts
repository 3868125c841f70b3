import { ReflectionError } from '../../../errors.js';
import { named } from '../../../options/option-name.js';
import type { ChatFault } from '../chat/chat-fault.js';

/** Requests in a row that a server turns away alike, before it has answered any, after which it turns all of them away. */
const TURNED_AWAY_ALIKE = 3;

/** Tells what is wrong with a server from bad luck with a request. */
export class ServerHealth {
  readonly #deadAfter: number;
  #hasAnswered = false;
  #unanswered = 0;
  #turnedAway: { readonly words: string; readonly times: number } = { words: '', times: 0 };

  /** @param deadAfter - Requests in a row without any proper answer, each after all its retries. */
  constructor(deadAfter: number) {
    this.#deadAfter = deadAfter;
  }

  /** The model replied. */
  answered(): void {
    this.#hasAnswered = true;
    this.#unanswered = 0;
  }

  /** The server answered this request as it would not answer others. */
  spoke(): void {
    this.#unanswered = 0;
  }

  /**
   * The server answered, but did not reply.
   * @throws {ReflectionError} `teacher_unusable` when it has done nothing else.
   */
  turnedAway({ detail, said, cause }: ChatFault): void {
    this.spoke();
    if (this.#hasAnswered) return;
    // Lengths and the like differ from request to request.
    const words = said.replace(/\d+/g, '#');
    const times = words === this.#turnedAway.words ? this.#turnedAway.times + 1 : 1;
    this.#turnedAway = { words, times };
    if (times < TURNED_AWAY_ALIKE) return;
    throw new ReflectionError(
      'teacher_unusable',
      `The teacher turned ${times} requests away for the same reason, and has answered none. ${detail}`,
      {
        remedy: `Change what it says, e.g. ${named('maxReplyTokens')} or ${named('extraBody')}, or ask another model.`,
        cause,
      },
    );
  }

  /** @throws {ReflectionError} `teacher_unreachable` when there was no answer once too often. */
  unanswered({ detail, cause }: ChatFault): void {
    this.#unanswered++;
    if (this.#unanswered < this.#deadAfter) return;
    throw new ReflectionError(
      'teacher_unreachable',
      `The teacher's server gave no answer to ${this.#unanswered} requests in a row. The last one: ${detail}`,
      {
        remedy: 'Check that the server runs and can be reached, then resume; what has been answered is kept.',
        cause,
      },
    );
  }
}
