import type { OnNotice } from '../../notice.js';
import { addUsage, NO_USAGE, type Usage } from '../../teacher.js';
import type { ChatBody } from '../chat/chat-body.js';
import type { ChatClient } from '../chat/chat-client.js';
import { type ChatFault, RETRYABLE_FAULTS } from '../chat/chat-fault.js';
import type { ChatOutcome } from '../chat/chat-outcome.js';
import { hopelessError } from '../chat/hopeless-error.js';
import type { Clock } from './clock.js';
import type { Patience } from './patience.js';
import type { ReportedLimit } from './rate-limit-headers.js';
import { requestTokens } from './request-tokens.js';
import { type RetryPolicy, retryDelay } from './retry.js';
import type { ServerHealth } from './server-health.js';
import { type Price, type TokenCounts, usageOf } from './token-counts.js';
import type { Place, Turnstile } from './turnstile.js';

export interface ChatExchangeParts {
  readonly client: ChatClient;
  readonly turnstile: Turnstile;
  readonly health: ServerHealth;
  readonly patience: Patience;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly price: Price | null;
  readonly notify: OnNotice;
  /** Fired, with the error as reason, by what would go wrong with every further request too. */
  readonly stop: AbortController;
}

/** The last attempt's outcome and what all attempts took. */
export interface Exchanged {
  readonly outcome: ChatOutcome;
  readonly usage: Usage;
  readonly retries: number;
  /** What the last attempt took, on the wire. */
  readonly milliseconds: number;
}

interface Attempted extends Omit<Exchanged, 'retries'> {
  /** It has not failed by itself. */
  readonly isCrowdedOut: boolean;
}

export interface SendOptions {
  /** Ends the waits before and between attempts; fires at the latest when the exchange stops. */
  readonly waiting: AbortSignal;
  /** Ends an attempt under way as well. */
  readonly signal: AbortSignal | undefined;
  /** Times the request is sent when the network or the server fails; a probe says nothing of the server's health. */
  readonly probe?: { readonly attempts: number } | undefined;
}

/**
 * Gets one request over the network, with everything that takes: its turn, room in the budget, retries. A request
 * that waits holds up no other, unless for what would hold them all up.
 */
export class ChatExchange {
  readonly #parts: ChatExchangeParts;
  #limits: readonly ReportedLimit[] = [];

  constructor(parts: ChatExchangeParts) {
    this.#parts = parts;
  }

  /** The server's limits, as it told of them last. */
  get limits(): readonly ReportedLimit[] {
    return this.#limits;
  }

  /** @throws {ReflectionError} what concerns every further request too. */
  async send(body: ChatBody, options: SendOptions): Promise<Exchanged> {
    const { waiting, probe } = options;
    const { health, patience, retry, turnstile } = this.#parts;
    let usage = NO_USAGE;
    let failures = 0;
    for (let retries = 0; ; retries++) {
      const attempt = await this.#attempt(body, retries, options);
      usage = addUsage(usage, attempt.usage);
      const { outcome, milliseconds } = attempt;
      const done = { outcome, usage, retries, milliseconds };
      if (outcome.kind === 'reply') {
        patience.rewarded();
        if (probe === undefined) {
          health.answered();
          turnstile.open();
        }
        return done;
      }
      const { fault } = outcome;
      waiting.throwIfAborted();
      if (fault.kind === 'rate_limited' || fault.kind === 'loading') {
        this.#holdAllBack(fault, retries);
        continue;
      }
      if (!attempt.isCrowdedOut) failures++;
      if (!RETRYABLE_FAULTS.has(fault.kind) || failures >= (probe?.attempts ?? retry.attempts)) {
        if (probe === undefined && UNANSWERED.has(fault.kind)) health.unanswered(fault);
        return done;
      }
      await this.#rest(fault, Math.max(1, failures), waiting);
    }
  }

  async #attempt(
    body: ChatBody,
    retries: number,
    { waiting, signal, probe }: SendOptions,
  ): Promise<Attempted> {
    const { client, clock, price, turnstile } = this.#parts;
    const tokens = requestTokens(body);
    const place = await turnstile.enter(tokens, { urgent: retries > 0, signal: waiting });
    const started = clock.monotonic();
    let used: TokenCounts | undefined;
    try {
      const { outcome, restMs, limits } = await client.send(body, signal);
      const milliseconds = clock.monotonic() - started;
      if (limits.length > 0) this.#limits = limits;
      // Before the place passes to the next request, which would fail alike.
      if (outcome.kind === 'fault' && probe === undefined) this.#stopIfHopeless(outcome.fault);
      const isCrowdedOut = outcome.kind === 'fault' && this.#makeRoom(place, outcome.fault);
      if (restMs > 0) this.#spare(restMs);
      used = countsOf(outcome);
      const usage = usageOf(used ?? tokens.most, price, used === undefined);
      return { outcome, usage, milliseconds, isCrowdedOut };
    } finally {
      place.leave(used);
    }
  }

  /** The server turned this request away for a reason that it would turn any other away for now. */
  #holdAllBack(fault: ChatFault, retries: number): void {
    const { clock, notify, patience, random, retry, turnstile } = this.#parts;
    const asked = fault.retryAfterMs ?? (fault.kind === 'loading' ? LOADING_LOOK_MS : null);
    const milliseconds = retryDelay(retries + 1, asked, retry, random);
    patience.wait(fault, milliseconds, clock.monotonic());
    const because = fault.kind === 'loading' ? 'loading' : 'rate_limit';
    notify({ kind: 'waiting', because, milliseconds, detail: fault.detail });
    turnstile.pause(milliseconds);
  }

  /** Whether a request was crowded out by others, of which there will be fewer then. */
  #makeRoom(place: Place, { kind, detail }: ChatFault): boolean {
    const width = kind === 'crowded' ? place.narrow() : 'alone';
    if (typeof width === 'number') {
      const change = `at most ${width} ${width === 1 ? 'request is' : 'requests are'} put at a time`;
      this.#parts.notify({ kind: 'adapted', change, detail });
    }
    return width !== 'alone';
  }

  /** The server answered, and let us know that the next request would be one too many. */
  #spare(restMs: number): void {
    const milliseconds = Math.min(restMs, LONGEST_REST_MS);
    const detail = 'The server says that its limit is reached.';
    this.#parts.notify({ kind: 'waiting', because: 'rate_limit', milliseconds, detail });
    this.#parts.turnstile.pause(milliseconds);
  }

  async #rest(fault: ChatFault, failures: number, waiting: AbortSignal): Promise<void> {
    const { clock, notify, random, retry } = this.#parts;
    const milliseconds = retryDelay(failures, fault.retryAfterMs, retry, random);
    notify({ kind: 'waiting', because: 'retry', milliseconds, detail: fault.detail });
    await clock.sleep(milliseconds, waiting);
  }

  #stopIfHopeless(fault: ChatFault): void {
    const error = hopelessError(fault);
    if (error !== undefined) this.#parts.stop.abort(error);
  }
}

/** No proper answer at all. */
export const UNANSWERED: ReadonlySet<ChatFault['kind']> = new Set([
  ...(['crowded', 'server', 'connection', 'timeout'] as const),
]);

/** How often a server that loads its model is looked at. */
const LOADING_LOOK_MS = 2000;
/** What is left of a minute's limit is never longer than that. */
const LONGEST_REST_MS = 60_000;

/** Nothing for a request turned away; undefined where the server does not count, or charges for what did not arrive. */
function countsOf(outcome: ChatOutcome): TokenCounts | undefined {
  if (outcome.kind === 'reply') return outcome.counts ?? undefined;
  return outcome.fault.mayHaveCost ? undefined : NO_USAGE;
}
