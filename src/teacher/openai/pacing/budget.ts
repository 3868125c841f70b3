import { ReflectionError } from '../../../errors.js';
import { costOf, type Price, type TokenCounts } from './token-counts.js';

export interface BudgetLimits {
  /** In the price's currency. */
  readonly maxCost?: number | undefined;
  /** Prompt and reply together. */
  readonly maxTokens?: number | undefined;
}

/** What was spent before, e.g. by the run that is being resumed. */
export interface Spent {
  readonly tokens: number;
  readonly cost: number;
}

/** Room set aside for one request. */
export interface Reservation {
  /** Replaces the room by what was used; undefined when that is unknown, which counts all of it as used. */
  settle(used: TokenCounts | undefined): void;
}

/**
 * Keeps spending below its limits: a request is let through only while even its longest reply would stay within
 * them, together with all that are under way.
 */
export class Budget {
  readonly #limits: BudgetLimits;
  readonly #price: Price | null;
  #spent: Spent;
  #reserved: Spent = { tokens: 0, cost: 0 };
  #waiting: (() => void)[] = [];

  /** @throws {ReflectionError} `invalid_option` for a cost limit without a price. */
  constructor(limits: BudgetLimits, price: Price | null, spent: Spent = { tokens: 0, cost: 0 }) {
    if (limits.maxCost !== undefined && price === null) {
      throw new ReflectionError(
        'invalid_option',
        'The cost is limited, but the price of a token is not known.',
        {
          remedy: "Give the model's price per million prompt and reply tokens, or limit the tokens instead.",
        },
      );
    }
    this.#limits = limits;
    this.#price = price;
    this.#spent = spent;
  }

  get spent(): Spent {
    return this.#spent;
  }

  /**
   * Sets aside room for a request that takes at most `worst`, waiting for others to finish if that can help.
   * @throws {ReflectionError} `budget_exhausted`; the signal's reason once it is aborted.
   */
  async reserve(worst: TokenCounts, signal: AbortSignal): Promise<Reservation> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#exceeds(this.#spent, this.#amount(worst))) throw this.exhausted();
      const reservation = this.tryReserve(worst);
      if (reservation !== undefined) return reservation;
      await this.#nextSettlement(signal);
    }
  }

  /** The same for a request that cannot wait; undefined when there is no room now. */
  tryReserve(worst: TokenCounts): Reservation | undefined {
    const isRoom = !this.#exceeds(add(this.#spent, this.#reserved), this.#amount(worst));
    return isRoom ? this.reserveAnyway(worst) : undefined;
  }

  /** Sets room aside for a request that is under way already, room or not. */
  reserveAnyway(worst: TokenCounts): Reservation {
    const amount = this.#amount(worst);
    this.#reserved = add(this.#reserved, amount);
    return {
      settle: (used) => {
        this.#reserved = add(this.#reserved, { tokens: -amount.tokens, cost: -amount.cost });
        this.#spent = add(this.#spent, used === undefined ? amount : this.#amount(used));
        for (const wake of this.#waiting.splice(0)) wake();
      },
    };
  }

  /** What to stop with when there is no room for a request and none can become free. */
  exhausted(): ReflectionError {
    const { maxTokens, maxCost } = this.#limits;
    const shares = [
      ...(maxTokens === undefined ? [] : [`${this.#spent.tokens} of ${maxTokens} tokens`]),
      ...(maxCost === undefined ? [] : [`${this.#spent.cost.toFixed(4)} of ${maxCost} in cost`]),
    ];
    return new ReflectionError(
      'budget_exhausted',
      `The teacher's budget does not cover another request: ${shares.join(' and ')} are spent.`,
      { remedy: 'Raise the limit and resume; what has been answered is kept.' },
    );
  }

  #amount(counts: TokenCounts): Spent {
    return { tokens: counts.promptTokens + counts.completionTokens, cost: costOf(counts, this.#price) ?? 0 };
  }

  #exceeds(base: Spent, extra: Spent): boolean {
    const { maxTokens = Number.POSITIVE_INFINITY, maxCost = Number.POSITIVE_INFINITY } = this.#limits;
    return base.tokens + extra.tokens > maxTokens || base.cost + extra.cost > maxCost;
  }

  #nextSettlement(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.#waiting.push(wake);
    });
  }
}

function add(a: Spent, b: Spent): Spent {
  return { tokens: a.tokens + b.tokens, cost: a.cost + b.cost };
}
