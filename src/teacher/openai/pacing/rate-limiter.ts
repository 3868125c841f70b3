import type { Options } from '../../../options/option-table.js';
import { TokenBucket } from './token-bucket.js';

/** Requests and tokens a minute. */
export type RateLimits = Options<'rpm' | 'tpm'>;

/** Knows when the next request may be sent, so that a server's limits are not met. All times are in milliseconds. */
export class RateLimiter {
  readonly #requests: TokenBucket | undefined;
  readonly #tokens: TokenBucket | undefined;
  #pausedUntil = 0;

  constructor({ rpm, tpm }: RateLimits, now: number) {
    this.#requests = rpm === undefined ? undefined : new TokenBucket(rpm, now);
    this.#tokens = tpm === undefined ? undefined : new TokenBucket(tpm, now);
  }

  /** How long the next request has to wait, 0 when it need not. */
  delay(now: number): number {
    return Math.max(
      this.#requests?.delay(now) ?? 0,
      this.#tokens?.delay(now) ?? 0,
      this.#pausedUntil - now,
      0,
    );
  }

  /** A request of about `tokens` tokens is sent. */
  take(tokens: number, now: number): void {
    this.#requests?.take(1, now);
    this.#tokens?.take(tokens, now);
  }

  /** Corrects an estimate once the tokens really used are known. */
  correct(estimate: number, actual: number, now: number): void {
    this.#tokens?.take(actual - estimate, now);
  }

  pause(ms: number, now: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, now + ms);
  }
}
