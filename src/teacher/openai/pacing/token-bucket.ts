/** Seconds' worth that may pass at once after a pause. Small, so that no minute holds much more than its share. */
const BURST_SECONDS = 1;

/** Lets `perMinute` units a minute pass, evenly. A large taking leaves a debt that is waited off before the next. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #capacity: number;
  #level: number;
  #filledAt: number;

  constructor(perMinute: number, now: number) {
    this.#perMs = perMinute / 60_000;
    this.#capacity = Math.max(1, this.#perMs * 1000 * BURST_SECONDS);
    this.#level = this.#capacity;
    this.#filledAt = now;
  }

  /** Milliseconds until the next taking is allowed, 0 when it is now. */
  delay(now: number): number {
    this.#fill(now);
    return this.#level >= 1 ? 0 : (1 - this.#level) / this.#perMs;
  }

  /** Takes `units`; a negative number gives back what an estimate took too much. */
  take(units: number, now: number): void {
    this.#fill(now);
    this.#level = Math.min(this.#capacity, this.#level - units);
  }

  #fill(now: number): void {
    this.#level = Math.min(this.#capacity, this.#level + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
  }
}
