import PQueue from 'p-queue';
import { addUsage, NO_USAGE, type Usage } from '../../teacher.js';
import type { ChatBody, ChatClient, ChatOutcome, ChatReply } from '../chat/chat-client.js';
import { type ChatFault, RETRYABLE_FAULTS } from '../chat/chat-fault.js';
import { hopelessError } from '../chat/hopeless-error.js';
import type { Budget } from './budget.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { Clock } from './clock.js';
import type { RateLimiter } from './rate-limiter.js';
import { type RetryPolicy, retryDelay } from './retry.js';
import { estimateTokens, type Price, type TokenCounts, usageOf } from './token-counts.js';

export interface ChatExchangeParts {
  readonly client: ChatClient;
  readonly limiter: RateLimiter;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly price: Price | null;
  /** Requests on the wire at a time. */
  readonly concurrency: number;
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
/** Retries of old requests go before new ones. */
const RETRY_PRIORITY = 1;

/**
 * Gets one request over the network, with everything that takes: its turn, room in the budget, retries. A request
 * that waits holds up no other.
 */
export class ChatExchange {
  readonly #parts: ChatExchangeParts;
  readonly #queue: PQueue;
  readonly #breaker: CircuitBreaker;

  constructor(parts: ChatExchangeParts) {
    this.#parts = parts;
    this.#queue = new PQueue({ concurrency: parts.concurrency });
    this.#breaker = new CircuitBreaker(parts.deadAfter);
  }

  /**
   * @param waiting - Ends the waits before and between attempts; fires at the latest when the exchange stops.
   * @param signal - Ends an attempt under way as well.
   * @throws {ReflectionError} what concerns every further request too.
   */
  async send(body: ChatBody, waiting: AbortSignal, signal: AbortSignal | undefined): Promise<Exchanged> {
    const { clock, limiter, random, retry } = this.#parts;
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
        if (UNANSWERED.has(fault.kind)) this.#breaker.failed(fault.detail);
        return done;
      }
      const delay = retryDelay(retries + 1, fault.retryAfterMs, retry, random);
      if (fault.kind === 'rate_limited') limiter.pause(delay);
      await clock.sleep(delay, waiting);
    }
  }

  async #attempt(
    body: ChatBody,
    retries: number,
    waiting: AbortSignal,
    signal: AbortSignal | undefined,
  ): Promise<{ outcome: ChatOutcome; usage: Usage }> {
    const { budget, client, limiter, price } = this.#parts;
    const worst = worstCase(body);
    const reservation = await budget.reserve(worst, waiting);
    const estimate = worst.promptTokens + worst.completionTokens;
    let used: TokenCounts | undefined = NO_USAGE;
    try {
      await limiter.acquire(estimate, waiting);
      used = undefined;
      const outcome = await this.#queue.add(
        async () => {
          waiting.throwIfAborted();
          const outcome = await client.send(body, signal);
          // Before the turn passes to the next request, which would fail alike.
          if (outcome.kind === 'fault') this.#stopIfHopeless(outcome.fault);
          return outcome;
        },
        { priority: retries === 0 ? 0 : RETRY_PRIORITY },
      );
      const reply = outcome.kind === 'reply' ? outcome : undefined;
      used = reply?.counts ?? (reply ? countByLength(worst, reply) : faultCounts(outcome));
      const counts = used ?? worst;
      limiter.correct(estimate, counts.promptTokens + counts.completionTokens);
      return { outcome, usage: usageOf(counts, price, reply?.counts == null && counts !== NO_USAGE) };
    } finally {
      reservation.settle(used);
    }
  }

  #stopIfHopeless(fault: ChatFault): void {
    const error = hopelessError(fault);
    if (error !== undefined) this.#parts.stop.abort(error);
  }
}

/** The most tokens a request can take. */
export function worstCase(body: ChatBody): TokenCounts {
  return {
    promptTokens: estimateTokens(JSON.stringify(body.messages)),
    completionTokens: body.max_completion_tokens ?? body.max_tokens ?? 0,
  };
}

function countByLength(worst: TokenCounts, reply: ChatReply): TokenCounts {
  return { ...worst, completionTokens: estimateTokens(reply.text ?? '') };
}

/** Nothing for a request turned away; undefined where the server may have charged for what did not arrive. */
function faultCounts(outcome: ChatOutcome): TokenCounts | undefined {
  return outcome.kind === 'fault' && outcome.fault.mayHaveCost ? undefined : NO_USAGE;
}
