import type { Clock } from './clock.js';
import { TokenBucket } from './token-bucket.js';

export interface RateLimits {
  readonly requestsPerMinute?: number | undefined;
  /** Prompt and reply together. */
  readonly tokensPerMinute?: number | undefined;
}

/** Spaces requests out, first come first served, so that a server's limits are not met. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #requests: TokenBucket | undefined;
  readonly #tokens: TokenBucket | undefined;
  #pausedUntil = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(limits: RateLimits, clock: Clock) {
    const bucket = (rate: number | undefined) =>
      rate === undefined ? undefined : new TokenBucket(rate, clock.monotonic());
    this.#clock = clock;
    this.#requests = bucket(limits.requestsPerMinute);
    this.#tokens = bucket(limits.tokensPerMinute);
  }

  /**
   * Resolves when a request of about `tokens` tokens may be sent.
   * @throws the signal's reason once it is aborted.
   */
  acquire(tokens: number, signal: AbortSignal): Promise<void> {
    const turn = this.#last.then(() => this.#wait(tokens, signal));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Corrects an estimate once the tokens really used are known. */
  correct(estimate: number, actual: number): void {
    this.#tokens?.take(actual - estimate, this.#clock.monotonic());
  }

  /** Holds all requests back for `ms` milliseconds: a server that turned one away would turn away the others. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + ms);
  }

  async #wait(tokens: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = this.#clock.monotonic();
      const delays = [this.#requests?.delay(now), this.#tokens?.delay(now), this.#pausedUntil - now];
      const delay = Math.max(...delays.map((ms) => ms ?? 0));
      if (delay <= 0) break;
      await this.#clock.sleep(Math.ceil(delay), signal);
    }
    const now = this.#clock.monotonic();
    this.#requests?.take(1, now);
    this.#tokens?.take(tokens, now);
  }
}
