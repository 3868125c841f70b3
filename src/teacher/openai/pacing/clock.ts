import { setTimeout as delay } from 'node:timers/promises';

/** Time as the teachers see it, so that waiting can be tested without waiting. */
export interface Clock {
  /** Milliseconds since any fixed moment; never runs backwards. */
  monotonic(): number;
  /** Milliseconds since 1970, to read dates in headers by. */
  wall(): number;
  /** Resolves after `ms` milliseconds. @throws the signal's reason once it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The longest a timer can be set for. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const SYSTEM_CLOCK: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    try {
      await delay(Math.min(ms, MAX_TIMER_MS), undefined, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
