import type { Clock } from '../../src/teacher/openai/pacing/clock.js';

/** A clock on which every wait ends at once, having taken its full time. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #epoch: number;
  readonly sleeps: number[] = [];

  constructor(epoch = Date.UTC(2030, 0, 1)) {
    this.#epoch = epoch;
  }

  monotonic(): number {
    return this.#now;
  }

  wall(): number {
    return this.#epoch + this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(ms);
    const wakeAt = this.#now + ms;
    // A turn of the event loop, so that whatever else is ready goes first.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    this.#now = Math.max(this.#now, wakeAt);
  }
}
