import { ReflectionError } from '../../errors.js';
import { linkAbort, untilAborted } from '../../util/linked-abort.js';
import { calledOff, closed, isCalledOff } from '../called-off.js';
import type { AskOptions, Teacher, TeacherReply, TeacherRequest, TeacherServer } from '../teacher.js';
import { addUsage, NO_USAGE } from '../teacher.js';
import { ChatClient } from './chat/chat-client.js';
import type { ChatFault } from './chat/chat-fault.js';
import { chatBody, type Dialect, firstDialect, type ServerFormat } from './chat/dialect.js';
import { judgeOutcome } from './chat/judge-reply.js';
import { negotiateDialect, probeRequest } from './chat/negotiate-dialect.js';
import { type ApiKeyOptions, createRedactor, readApiKey } from './connection/api-key.js';
import { readBaseUrl, teacherServer } from './connection/base-url.js';
import { Budget, type BudgetLimits, type Spent } from './pacing/budget.js';
import { ChatExchange } from './pacing/chat-exchange.js';
import { type Clock, SYSTEM_CLOCK } from './pacing/clock.js';
import { RateLimiter, type RateLimits } from './pacing/rate-limiter.js';
import { DEFAULT_RETRY, type RetryPolicy } from './pacing/retry.js';
import type { Price } from './pacing/token-counts.js';
import { Turnstile } from './pacing/turnstile.js';

export interface OpenAITeacherOptions extends ApiKeyOptions, RateLimits, BudgetLimits {
  readonly model: string;
  /** Default: the environment's OPENAI_BASE_URL, else OpenAI's own. */
  readonly baseUrl?: string | undefined;
  /** Skips finding out how the server can be asked. */
  readonly format?: ServerFormat | undefined;
  /** Requests on the wire at a time. Default 8. */
  readonly concurrency?: number | undefined;
  /** Longest time for one attempt; Node itself gives up after 300 s without a byte. Milliseconds, default 180,000. */
  readonly timeoutMs?: number | undefined;
  /** Default 8 MiB. */
  readonly maxResponseBytes?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Times a reply that was cut off is asked for anew, each with twice the tokens. Default 2. */
  readonly doublings?: number | undefined;
  /** Requests in a row without any proper answer after which the server counts as dead. Default 3. */
  readonly deadAfter?: number | undefined;
  readonly price?: Price | undefined;
  /** Counts towards the limits, e.g. of the run that is being resumed. */
  readonly spent?: Spent | undefined;
  readonly clock?: Clock | undefined;
  /** Uniform in [0, 1). */
  readonly random?: (() => number) | undefined;
}

/** A teacher behind any server that speaks OpenAI's chat completion protocol. */
export class OpenAITeacher implements Teacher {
  readonly id: string;
  readonly server: TeacherServer;
  readonly #model: string;
  readonly #doublings: number;
  readonly #clock: Clock;
  readonly #exchange: ChatExchange;
  /** Fires when going on is pointless; its reason is the error. */
  readonly #stop = new AbortController();
  #dialect: Dialect | undefined;
  #negotiation: Promise<Dialect> | undefined;

  /** @throws {ReflectionError} `teacher_unauthorized` without a key where one is needed, `invalid_option`. */
  constructor(options: OpenAITeacherOptions) {
    const clock = options.clock ?? SYSTEM_CLOCK;
    const price = options.price ?? null;
    this.#model = options.model;
    this.id = `openai:${options.model}`;
    this.#doublings = options.doublings ?? 2;
    this.#clock = clock;
    this.#dialect = options.format && firstDialect(options.format);
    const baseUrl = readBaseUrl(options.baseUrl);
    const apiKey = readApiKey(baseUrl, options);
    this.server = teacherServer(baseUrl, apiKey);
    this.#exchange = new ChatExchange({
      client: new ChatClient({
        baseUrl,
        apiKey,
        timeoutMs: options.timeoutMs ?? 180_000,
        maxResponseBytes: options.maxResponseBytes ?? 8 * 1024 * 1024,
        clock,
        redact: createRedactor(apiKey),
      }),
      turnstile: new Turnstile({
        concurrency: options.concurrency ?? 8,
        limiter: new RateLimiter(options, clock.monotonic()),
        budget: new Budget(options, price, options.spent),
        clock,
      }),
      clock,
      random: options.random ?? Math.random,
      retry: { ...DEFAULT_RETRY, ...options.retry },
      price,
      deadAfter: options.deadAfter ?? 3,
      stop: this.#stop,
    });
  }

  async ask(request: TeacherRequest, options: AskOptions = {}): Promise<TeacherReply> {
    const { signal, stopWaiting } = options;
    const waits = linkAbort(signal, stopWaiting, this.#stop.signal);
    try {
      waits.signal.throwIfAborted();
      return await this.#converse(request, waits.signal, signal);
    } catch (error) {
      if (isCalledOff(error, options)) throw calledOff(error);
      // Only what concerns all requests throws, so the others need not find out one by one.
      this.#stop.abort(error);
      throw error;
    } finally {
      waits.unlink();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(closed());
  }

  async #converse(
    request: TeacherRequest,
    waits: AbortSignal,
    signal: AbortSignal | undefined,
  ): Promise<TeacherReply> {
    const started = this.#clock.monotonic();
    const dialect = await this.settleDialect(request, waits);
    let usage = NO_USAGE;
    let retries = 0;
    for (let doublings = 0; ; doublings++) {
      const { body, layout } = chatBody(this.#model, request, dialect, request.maxTokens * 2 ** doublings);
      const exchanged = await this.#exchange.send(body, waits, signal);
      usage = addUsage(usage, exchanged.usage);
      retries += exchanged.retries;
      const { outcome } = exchanged;
      const reply = judgeOutcome(outcome, request.schema, layout, {
        model: this.#model,
        usage,
        retries,
        milliseconds: this.#clock.monotonic() - started,
        format: dialect.format,
      });
      const cutOff = reply.kind === 'failed' && reply.reason === 'truncated';
      if (!cutOff || doublings >= this.#doublings) return reply;
      retries++;
    }
  }

  /**
   * How the server can be asked, found out by whoever asks first.
   * @throws {ReflectionError} as {@link ask} does, but the signal's reason once it is aborted.
   */
  async settleDialect(request: TeacherRequest, waits: AbortSignal): Promise<Dialect> {
    if (this.#dialect !== undefined) return this.#dialect;
    this.#negotiation ??= this.#negotiate(request);
    return untilAborted(this.#negotiation, waits);
  }

  async #negotiate(request: TeacherRequest): Promise<Dialect> {
    const { signal } = this.#stop;
    this.#dialect = await negotiateDialect(probeRequest(request), async (probe, dialect) => {
      const { body } = chatBody(this.#model, probe, dialect, probe.maxTokens);
      const { outcome } = await this.#exchange.send(body, signal, signal);
      if (outcome.kind === 'fault') throwIfUnreachable(outcome.fault);
      return outcome;
    });
    return this.#dialect;
  }
}

/** Nothing has been asked yet, so a server that cannot be spoken to at all stops the run before it begins. */
function throwIfUnreachable({ kind, detail, cause }: ChatFault): void {
  if (kind !== 'connection' && kind !== 'timeout' && kind !== 'rate_limited') return;
  throw new ReflectionError('teacher_unreachable', `The teacher cannot be reached. ${detail}`, {
    remedy: 'Check that its server runs and that the base URL is right.',
    cause,
  });
}
