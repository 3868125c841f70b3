import { ReflectionError } from '../../../errors.js';
import { optionError } from '../../../options/option-error.js';
import { named } from '../../../options/option-name.js';
import type { Options } from '../../../options/option-table.js';
import { costOf, type Price, type TokenCounts } from './token-counts.js';

/** What may be spent: in the price's currency, and in tokens of prompts and replies together. */
export type BudgetLimits = Options<'maxCost' | 'maxTeacherTokens'>;

/** What was spent before, e.g. by the run that is being resumed. */
export interface Spent {
  readonly tokens: number;
  readonly cost: number;
}

const NOTHING: Spent = { tokens: 0, cost: 0 };

/** Room set aside for one request. */
export interface Reservation {
  /** Replaces the room by what was used; undefined when that is unknown, which counts all of it as used. */
  settle(used: TokenCounts | undefined): void;
}

/**
 * Keeps spending within its limits: a request is let through only where even the most that it may take stays within them,
 * together with all that are under way. Holds as far as a server keeps to the token limits it is sent.
 */
export class Budget {
  readonly #limits: BudgetLimits;
  readonly #price: Price | null;
  #spent: Spent;
  #reserved: Spent = NOTHING;
  #reservations = 0;

  /** @throws {ReflectionError} `invalid_option` for a cost limit without a price. */
  constructor(limits: BudgetLimits, price: Price | null, spent: Spent = NOTHING) {
    if (limits.maxCost !== undefined && price === null) {
      throw optionError('maxCost', 'The cost is limited, but the price of a token is not known.', {
        remedy: `Give ${named('promptPrice')} and ${named('replyPrice')}, or ${named('maxTeacherTokens')} instead.`,
      });
    }
    this.#limits = limits;
    this.#price = price;
    this.#spent = spent;
  }

  get spent(): Spent {
    return this.#spent;
  }

  /** Sets aside room for a request that takes at most `most`, or says whether there can still be room later. */
  reserve(most: TokenCounts): Reservation | 'not_now' | 'never' {
    const amount = this.#amount(most);
    if (this.#exceeds(this.#spent, amount)) return 'never';
    return this.#exceeds(add(this.#spent, this.#reserved), amount) ? 'not_now' : this.reserveAnyway(most);
  }

  /** Sets room aside for a request that is under way already, room or not. */
  reserveAnyway(most: TokenCounts): Reservation {
    const amount = this.#amount(most);
    this.#reserved = add(this.#reserved, amount);
    this.#reservations++;
    return {
      settle: (used) => {
        this.#reservations--;
        const left = add(this.#reserved, { tokens: -amount.tokens, cost: -amount.cost });
        // What rounding leaves of sums and differences must not pass for a request under way.
        this.#reserved = this.#reservations === 0 ? NOTHING : left;
        this.#spent = add(this.#spent, used === undefined ? amount : this.#amount(used));
      },
    };
  }

  /** What to stop with when there is no room for a request that takes at most `most`, and none can become free. */
  exhausted(most: TokenCounts): ReflectionError {
    const { maxTeacherTokens, maxCost } = this.#limits;
    const { tokens, cost } = this.#amount(most);
    const needs = [`${tokens} tokens`, ...(maxCost === undefined ? [] : [`${cost.toFixed(4)} in cost`])];
    const shares = [
      ...(maxTeacherTokens === undefined ? [] : [`${this.#spent.tokens} of ${maxTeacherTokens} tokens`]),
      ...(maxCost === undefined ? [] : [`${this.#spent.cost.toFixed(4)} of ${maxCost} in cost`]),
    ];
    return new ReflectionError(
      'budget_exhausted',
      `Another request may take up to ${needs.join(', ')}, which the budget does not cover: ` +
        `${shares.join(' and ')} are spent.`,
      { remedy: 'Raise the limit and resume; what has been answered is kept.' },
    );
  }

  #amount(counts: TokenCounts): Spent {
    return { tokens: counts.promptTokens + counts.completionTokens, cost: costOf(counts, this.#price) ?? 0 };
  }

  #exceeds(base: Spent, extra: Spent): boolean {
    const { maxTeacherTokens = Number.POSITIVE_INFINITY, maxCost = Number.POSITIVE_INFINITY } = this.#limits;
    return base.tokens + extra.tokens > maxTeacherTokens || base.cost + extra.cost > maxCost;
  }
}

function add(a: Spent, b: Spent): Spent {
  return { tokens: a.tokens + b.tokens, cost: a.cost + b.cost };
}
