import type { Budget, Reservation } from './budget.js';
import type { Clock } from './clock.js';
import type { RateLimiter } from './rate-limiter.js';
import type { RequestTokens } from './request-tokens.js';
import type { TokenCounts } from './token-counts.js';

export interface TurnstileParts {
  /** Requests on the wire at a time. */
  readonly concurrency: number;
  readonly limiter: RateLimiter;
  readonly budget: Budget;
  readonly clock: Clock;
}

export interface EntryOptions {
  /** Goes before those that are not: a request that waited before. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
}

/** A request's place on the wire. */
export interface Place {
  /**
   * Lets half as many in from now on as are on the wire, which were too many.
   * @returns how many; `narrowed` where one that was crowded out with this one has seen to it, `alone` where there is none
   *   but this one.
   */
  narrow(): number | 'narrowed' | 'alone';
  /** Makes room for the next; `used` is undefined when what the request took is not known, which counts all of it. */
  leave(used: TokenCounts | undefined): void;
}

interface Waiting {
  readonly tokens: RequestTokens;
  readonly urgent: boolean;
  readonly admit: (place: Place) => void;
  readonly refuse: (error: unknown) => void;
}

/** Requests on the wire at a time while a server has answered none. */
const FIRST_PLACES = 2;

/**
 * The one way to the wire: lets a request through once there is a place, the rate allows it and the budget covers it. Who
 * waits for room in the budget holds up nobody who needs less, and nothing is set aside for those who wait.
 */
export class Turnstile {
  readonly #parts: TurnstileParts;
  /** Urgent ones first, each kind in the order of arrival. */
  #waiting: Waiting[] = [];
  #inside = 0;
  /** Few at first: what is wrong with a server would be wrong with all that are sent before it is known. */
  #isOpen = false;
  /** Requests that may be on the wire once it is open. */
  #width: number;
  #narrowings = 0;
  /** Ends the sleep after which the rate is looked at again. */
  #alarm: AbortController | undefined;

  constructor(parts: TurnstileParts) {
    this.#parts = parts;
    this.#width = parts.concurrency;
  }

  /** @throws {ReflectionError} `budget_exhausted`; the signal's reason once it is aborted. */
  enter(tokens: RequestTokens, { urgent, signal }: EntryOptions): Promise<Place> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const callOff = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        waiting.refuse(signal.reason);
        this.#admit();
      };
      const waiting: Waiting = {
        ...{ tokens, urgent },
        admit: (place) => {
          signal.removeEventListener('abort', callOff);
          resolve(place);
        },
        refuse: (error) => {
          signal.removeEventListener('abort', callOff);
          reject(error);
        },
      };
      signal.addEventListener('abort', callOff, { once: true });
      const firstOther = this.#waiting.findIndex((other) => !other.urgent);
      const at = urgent && firstOther !== -1 ? firstOther : this.#waiting.length;
      this.#waiting.splice(at, 0, waiting);
      this.#admit();
    });
  }

  /** Lets as many in as there are places: the server has answered. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#admit();
  }

  /** Holds everyone back for `ms` milliseconds: a server that turned one away would turn away the others. */
  pause(ms: number): void {
    const { limiter, clock } = this.#parts;
    limiter.pause(ms, clock.monotonic());
    this.#admit();
  }

  /** Lets through whoever may pass now. */
  #admit(): void {
    this.#alarm?.abort();
    this.#alarm = undefined;
    const { limiter, clock } = this.#parts;
    for (const waiting of [...this.#waiting]) {
      if (this.#inside >= this.#places) return;
      const delay = limiter.delay(clock.monotonic());
      if (delay > 0) {
        this.#lookAgainIn(delay);
        return;
      }
      this.#tryOne(waiting);
    }
  }

  get #places(): number {
    return this.#isOpen ? this.#width : Math.min(this.#width, FIRST_PLACES);
  }

  #tryOne(waiting: Waiting): void {
    const { budget, limiter, clock } = this.#parts;
    const { tokens } = waiting;
    const room = budget.reserve(tokens.most);
    if (room === 'not_now') return;
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    if (room === 'never') {
      waiting.refuse(budget.exhausted(tokens.most));
      return;
    }
    this.#inside++;
    limiter.take(tokens.likely, clock.monotonic());
    waiting.admit(this.#place(tokens, room));
  }

  #place(tokens: RequestTokens, room: Reservation): Place {
    const narrowings = this.#narrowings;
    return {
      narrow: () => {
        if (this.#narrowings !== narrowings) return 'narrowed';
        if (this.#inside === 1) return 'alone';
        this.#narrowings++;
        this.#width = Math.floor(this.#inside / 2);
        return this.#width;
      },
      leave: (used) => {
        const { limiter, clock } = this.#parts;
        this.#inside--;
        room.settle(used);
        if (used !== undefined) {
          limiter.correct(tokens.likely, used.promptTokens + used.completionTokens, clock.monotonic());
        }
        this.#admit();
      },
    };
  }

  #lookAgainIn(ms: number): void {
    const alarm = new AbortController();
    this.#alarm = alarm;
    this.#parts.clock.sleep(Math.ceil(ms), alarm.signal).then(
      () => this.#alarm === alarm && this.#admit(),
      () => {},
    );
  }
}
