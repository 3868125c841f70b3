import { addUsage, NO_USAGE, type Usage } from '../../teacher.js';
import type { ChatBody, ChatClient, ChatOutcome } from '../chat/chat-client.js';
import { type ChatFault, RETRYABLE_FAULTS } from '../chat/chat-fault.js';
import { hopelessError } from '../chat/hopeless-error.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { Clock } from './clock.js';
import { requestTokens } from './request-tokens.js';
import { type RetryPolicy, retryDelay } from './retry.js';
import { type Price, type TokenCounts, usageOf } from './token-counts.js';
import type { Turnstile } from './turnstile.js';

export interface ChatExchangeParts {
  readonly client: ChatClient;
  readonly turnstile: Turnstile;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly price: Price | null;
  /** Requests without any proper answer, in a row, after which the server counts as dead. */
  readonly deadAfter: number;
  /** Fired, with the error as reason, by what would go wrong with every further request too. */
  readonly stop: AbortController;
}

/** The last attempt's outcome and what all attempts took. */
export interface Exchanged {
  readonly outcome: ChatOutcome;
  readonly usage: Usage;
  readonly retries: number;
}

const UNANSWERED: ReadonlySet<ChatFault['kind']> = new Set(['server', 'connection', 'timeout']);

/**
 * Gets one request over the network, with everything that takes: its turn, room in the budget, retries. A request
 * that waits holds up no other.
 */
export class ChatExchange {
  readonly #parts: ChatExchangeParts;
  readonly #breaker: CircuitBreaker;

  constructor(parts: ChatExchangeParts) {
    this.#parts = parts;
    this.#breaker = new CircuitBreaker(parts.deadAfter);
  }

  /**
   * @param waiting - Ends the waits before and between attempts; fires at the latest when the exchange stops.
   * @param signal - Ends an attempt under way as well.
   * @throws {ReflectionError} what concerns every further request too.
   */
  async send(body: ChatBody, waiting: AbortSignal, signal: AbortSignal | undefined): Promise<Exchanged> {
    const { clock, random, retry, turnstile } = this.#parts;
    let usage = NO_USAGE;
    for (let retries = 0; ; retries++) {
      const attempt = await this.#attempt(body, retries, waiting, signal);
      usage = addUsage(usage, attempt.usage);
      const { outcome } = attempt;
      const done = { outcome, usage, retries };
      if (outcome.kind === 'reply') {
        this.#breaker.succeeded();
        return done;
      }
      const { fault } = outcome;
      if (!UNANSWERED.has(fault.kind)) this.#breaker.succeeded();
      waiting.throwIfAborted();
      if (!RETRYABLE_FAULTS.has(fault.kind) || retries + 1 >= retry.attempts) {
        if (UNANSWERED.has(fault.kind)) this.#breaker.failed(fault);
        return done;
      }
      const delay = retryDelay(retries + 1, fault.retryAfterMs, retry, random);
      if (fault.kind === 'rate_limited') turnstile.pause(delay);
      await clock.sleep(delay, waiting);
    }
  }

  async #attempt(
    body: ChatBody,
    retries: number,
    waiting: AbortSignal,
    signal: AbortSignal | undefined,
  ): Promise<{ outcome: ChatOutcome; usage: Usage }> {
    const { client, price, turnstile } = this.#parts;
    const tokens = requestTokens(body);
    const place = await turnstile.enter(tokens, { urgent: retries > 0, signal: waiting });
    let used: TokenCounts | undefined;
    try {
      const outcome = await client.send(body, signal);
      // Before the place passes to the next request, which would fail alike.
      if (outcome.kind === 'fault') this.#stopIfHopeless(outcome.fault);
      used = countsOf(outcome);
      return { outcome, usage: usageOf(used ?? tokens.most, price, used === undefined) };
    } finally {
      place.leave(used);
    }
  }

  #stopIfHopeless(fault: ChatFault): void {
    const error = hopelessError(fault);
    if (error !== undefined) this.#parts.stop.abort(error);
  }
}

/** Nothing for a request turned away; undefined where the server does not count, or charges for what did not arrive. */
function countsOf(outcome: ChatOutcome): TokenCounts | undefined {
  if (outcome.kind === 'reply') return outcome.counts ?? undefined;
  return outcome.fault.mayHaveCost ? undefined : NO_USAGE;
}
