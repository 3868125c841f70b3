import { ReflectionError } from '../../../errors.js';
import type { ChatFault } from '../chat/chat-fault.js';

/** Tells a dead server from bad luck: it opens when several requests in a row got no proper answer at all. */
export class CircuitBreaker {
  readonly #threshold: number;
  #failures = 0;

  /** @param threshold - Requests in a row, each after all its retries. */
  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /** The server answered, be it with a refusal. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** @throws {ReflectionError} `teacher_unreachable` when this was one too many. */
  failed({ detail, cause }: Pick<ChatFault, 'detail' | 'cause'>): void {
    this.#failures++;
    if (this.#failures < this.#threshold) return;
    throw new ReflectionError(
      'teacher_unreachable',
      `The teacher's server gave no answer to ${this.#failures} requests in a row. The last one: ${detail}`,
      {
        remedy: 'Check that the server runs and can be reached, then resume; what has been answered is kept.',
        cause,
      },
    );
  }
}
