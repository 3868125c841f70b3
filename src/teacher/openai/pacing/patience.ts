import { ReflectionError } from '../../../errors.js';
import { named } from '../../../options/option-name.js';
import { formatDuration } from '../../../util/format.js';
import type { ChatFault } from '../chat/chat-fault.js';

export interface PatienceLimits {
  /** Longest wait for a server that loads its model. Milliseconds. */
  readonly loadingMs: number;
  /** Longest time in which a rate limit lets nothing through. Milliseconds. */
  readonly rateLimitMs: number;
}

/** Knows how long nothing has got through, for reasons that waiting may help against, and when that is enough. */
export class Patience {
  readonly #limits: PatienceLimits;
  #since: number | undefined;

  constructor(limits: PatienceLimits) {
    this.#limits = limits;
  }

  /** Something got through. */
  rewarded(): void {
    this.#since = undefined;
  }

  /**
   * Another wait is about to begin.
   * @param ms - How long it will be. @param now - Milliseconds on any clock.
   * @throws {ReflectionError} `teacher_unreachable` or `teacher_rate_limited` when it would be one too many.
   */
  wait({ kind, detail, cause }: ChatFault, ms: number, now: number): void {
    this.#since ??= now;
    const until = now + ms - this.#since;
    const seconds = (milliseconds: number) => formatDuration(milliseconds / 1000);
    if (kind === 'loading' && until > this.#limits.loadingMs) {
      throw new ReflectionError(
        'teacher_unreachable',
        `The teacher's server is still loading its model after ${seconds(now - this.#since)}. ${detail}`,
        { remedy: `Run again once it is loaded, or allow more time with ${named('loadingTimeout')}.`, cause },
      );
    }
    if (kind === 'rate_limited' && until > this.#limits.rateLimitMs) {
      const asked = ms > this.#limits.rateLimitMs ? ` It asks to be left alone for ${seconds(ms)}.` : '';
      throw new ReflectionError(
        'teacher_rate_limited',
        `The teacher's rate limit has let nothing through for ${seconds(now - this.#since)}.${asked} ${detail}`,
        {
          remedy:
            `Resume later, what has been answered is kept; or ask more slowly, with ${named('rpm')}, ${named('tpm')} or ` +
            `fewer requests at a time (${named('concurrency')}).`,
          cause,
        },
      );
    }
  }
}
