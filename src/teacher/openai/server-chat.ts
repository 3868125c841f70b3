import { ReflectionError } from '../../errors.js';
import type { ServerFormat } from '../../options/choices.js';
import { named } from '../../options/option-name.js';
import { untilAborted } from '../../util/linked-abort.js';
import type { OnNotice } from '../notice.js';
import type { TeacherRequest } from '../teacher.js';
import { adaptDialect } from './chat/adapt-dialect.js';
import type { ChatBody } from './chat/chat-body.js';
import { ChatClient } from './chat/chat-client.js';
import type { ChatFault } from './chat/chat-fault.js';
import type { ChatReply } from './chat/chat-outcome.js';
import { chatBody, type Dialect, type DialectBody, firstDialect } from './chat/dialect.js';
import { hopelessError } from './chat/hopeless-error.js';
import { negotiateDialect, type Probed, probeRequest, withThinking } from './chat/negotiate-dialect.js';
import { explainNotFound } from './connection/explain-not-found.js';
import { listModels } from './connection/list-models.js';
import { type OpenedServer, openServer, type ServerOptions } from './connection/open-server.js';
import type { ServerConnection } from './connection/server-connection.js';
import { Budget, type BudgetLimits, type Spent } from './pacing/budget.js';
import { ChatExchange, type Exchanged, type SendOptions, UNANSWERED } from './pacing/chat-exchange.js';
import { type Clock, SYSTEM_CLOCK } from './pacing/clock.js';
import { Patience } from './pacing/patience.js';
import type { ReportedLimit } from './pacing/rate-limit-headers.js';
import { RateLimiter, type RateLimits } from './pacing/rate-limiter.js';
import { DEFAULT_RETRY, type RetryPolicy } from './pacing/retry.js';
import { ServerHealth } from './pacing/server-health.js';
import type { Price } from './pacing/token-counts.js';
import { Turnstile } from './pacing/turnstile.js';

export interface ServerChatOptions extends ServerOptions, RateLimits, BudgetLimits {
  /** Asks for replies in this format without finding out how the server can be asked. */
  readonly format?: ServerFormat | undefined;
  /** Room for thinking, on top of a request's own tokens. Default: 8192 for models that turn out to think, else none. */
  readonly reasoningTokens?: number | undefined;
  /** Requests on the wire at a time. Default 8. */
  readonly concurrency?: number | undefined;
  /** Longest time for one attempt. Milliseconds, default 180,000. */
  readonly timeoutMs?: number | undefined;
  /** Default 8 MiB. */
  readonly maxResponseBytes?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Longest wait while the server loads its model. Milliseconds, default 600,000. */
  readonly loadingMs?: number | undefined;
  /** Longest time in which a rate limit lets nothing through. Milliseconds, default 900,000. */
  readonly rateLimitMs?: number | undefined;
  /** Requests in a row without any proper answer after which the server counts as dead. Default 3. */
  readonly deadAfter?: number | undefined;
  readonly price?: Price | undefined;
  /** Counts towards the limits, e.g. of the run that is being resumed. */
  readonly spent?: Spent | undefined;
  readonly onNotice?: OnNotice | undefined;
  readonly clock?: Clock | undefined;
  /** Uniform in [0, 1). */
  readonly random?: (() => number) | undefined;
}

/** How a server turned out to be asked, and what it told of itself. */
export interface ServerManner {
  readonly dialect: Dialect;
  /** What it took to reply with a word; null where nothing had to be found out. */
  readonly latencyMs: number | null;
  /** As its headers told last; none where they do not. */
  readonly limits: readonly ReportedLimit[];
}

/** Room for thinking that models which think are given unless told. */
const USUAL_REASONING_TOKENS = 8192;
/** Times a probe is sent when the server fails: whoever waits for it wants to know soon. */
const PROBE_ATTEMPTS = 2;

/** A server with one model, and the way in which it is to be spoken to, found out once. */
export class ServerChat implements Disposable {
  readonly server: OpenedServer;
  readonly clock: Clock;
  readonly budget: Budget;
  /** Fires when going on is pointless; its reason is the error. */
  readonly stop = new AbortController();
  readonly #options: ServerChatOptions;
  readonly #connection: ServerConnection;
  readonly #exchange: ChatExchange;
  readonly #health: ServerHealth;
  #dialect: Dialect | undefined;
  #latencyMs: number | null = null;
  #negotiation: Promise<Dialect> | undefined;

  /** @throws {ReflectionError} `teacher_unauthorized` without a key where one is needed, `invalid_option`. */
  constructor(options: ServerChatOptions) {
    const { clock = SYSTEM_CLOCK, price = null, onNotice = () => {} } = options;
    this.#options = options;
    this.clock = clock;
    this.server = openServer(options);
    this.budget = new Budget(options, price, options.spent);
    this.#connection = this.server.connect(options.maxResponseBytes ?? 8 * 1024 * 1024);
    this.#health = new ServerHealth(options.deadAfter ?? 3);
    this.#dialect = options.format && firstDialect(options.format);
    const { redact } = this.server;
    this.#exchange = new ChatExchange({
      client: new ChatClient({
        connection: this.#connection,
        timeoutMs: options.timeoutMs ?? 180_000,
        clock,
        redact,
      }),
      turnstile: new Turnstile({
        concurrency: options.concurrency ?? 8,
        limiter: new RateLimiter(options, clock.monotonic()),
        budget: this.budget,
        clock,
      }),
      health: this.#health,
      patience: new Patience({
        loadingMs: options.loadingMs ?? 600_000,
        rateLimitMs: options.rateLimitMs ?? 900_000,
      }),
      clock,
      random: options.random ?? Math.random,
      retry: { ...DEFAULT_RETRY, ...options.retry },
      price,
      notify: onNotice,
      stop: this.stop,
    });
  }

  /** How the server is spoken to. Changes when it turns out to be understood in another way only. */
  get dialect(): Dialect | undefined {
    return this.#dialect;
  }

  set dialect(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** How the server is asked and what it told of itself; undefined before that is found out. */
  get manner(): ServerManner | undefined {
    const dialect = this.#dialect;
    return dialect && { dialect, latencyMs: this.#latencyMs, limits: this.#exchange.limits };
  }

  /** Tokens that a request and its reply may have, as the server lists the model; null where it does not say. */
  async contextLength(signal: AbortSignal): Promise<number | null> {
    const models = await listModels(this.#connection, this.server.address, signal);
    // A server with one model may take any name for it.
    const model = models?.length === 1 ? models[0] : models?.find(({ id }) => id === this.#options.model);
    return model?.contextLength ?? null;
  }

  /** A request in the present dialect. @param maxTokens - Those of the reply, thinking included. */
  body(request: TeacherRequest, maxTokens: number, dialect = this.#settled()): DialectBody {
    const { model } = this.#options;
    return chatBody({ model, request, dialect, maxTokens, extraBody: this.server.extras.body });
  }

  /** How many tokens a request's reply may have, thinking included. */
  replyTokens({ maxTokens }: TeacherRequest): number {
    const usual = this.#settled().thinks ? USUAL_REASONING_TOKENS : 0;
    return maxTokens + (this.#options.reasoningTokens ?? usual);
  }

  /** @throws {ReflectionError} as {@link ChatExchange.send} does. */
  send(body: ChatBody, options: SendOptions): Promise<Exchanged> {
    return this.#exchange.send(body, options);
  }

  /** Learns from what came back; true when the request is worth putting again in what is now the dialect. */
  adapt(fault: ChatFault, body: ChatBody): boolean {
    const adaptation = adaptDialect(this.#settled(), fault, body);
    // What is under way was laid out in the present format, so that one stays.
    if (adaptation === undefined || adaptation.dialect.format !== this.#settled().format) return false;
    this.#dialect = adaptation.dialect;
    this.#options.onNotice?.({ kind: 'adapted', change: adaptation.change, detail: fault.detail });
    return true;
  }

  /** @throws {ReflectionError} `teacher_unusable` when nothing but this came back so far. */
  turnedAway(fault: ChatFault): void {
    if (fault.kind === 'bad_request') this.#health.turnedAway(fault);
    else if (!UNANSWERED.has(fault.kind)) this.#health.spoke();
  }

  learn(reply: ChatReply): void {
    const dialect = withThinking(this.#settled(), reply);
    if (dialect === this.#settled()) return;
    this.#dialect = dialect;
    this.#tellThinking();
  }

  /**
   * Finds out how the server can be asked; whoever asks first has it found out for all.
   * @throws {ReflectionError} where no request would be answered; the signal's reason once it is aborted.
   */
  async settleDialect(request: TeacherRequest, waits: AbortSignal): Promise<void> {
    if (this.#dialect !== undefined) return;
    this.#negotiation ??= this.#negotiate(probeRequest(request));
    this.#dialect ??= await untilAborted(this.#negotiation, waits);
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  async #negotiate(probe: TeacherRequest): Promise<Dialect> {
    const { onNotice } = this.#options;
    const dialect = await negotiateDialect({
      probe,
      first: firstDialect(),
      send: (dialect, room) => this.#probe(probe, dialect, room),
      note: (change, detail) => onNotice?.({ kind: 'adapted', change, detail }),
    });
    if (dialect.thinks) this.#tellThinking();
    return dialect;
  }

  async #probe(probe: TeacherRequest, dialect: Dialect, room: number): Promise<Probed> {
    const { signal } = this.stop;
    const { body } = this.body(probe, Math.min(probe.maxTokens, room), dialect);
    const options = { waiting: signal, signal, probe: { attempts: PROBE_ATTEMPTS } };
    const { outcome, milliseconds } = await this.#exchange.send(body, options);
    if (outcome.kind === 'fault') await this.#throwIfPointless(outcome.fault);
    this.#latencyMs = milliseconds;
    return { outcome, body };
  }

  /** A server that cannot be spoken to at all stops the run before it begins. */
  async #throwIfPointless(fault: ChatFault): Promise<void> {
    if (fault.kind === 'not_found' || fault.kind === 'not_a_server') {
      const { address } = this.server;
      throw await explainNotFound(fault, this.#options.model, address, this.#connection, this.stop.signal);
    }
    const hopeless = hopelessError(fault);
    if (hopeless !== undefined) throw hopeless;
    const isGone = fault.kind === 'connection' || fault.kind === 'timeout' || isAway(fault);
    if (!isGone) return;
    throw new ReflectionError('teacher_unreachable', `The teacher cannot be reached. ${fault.detail}`, {
      remedy: `Check that its server runs and that ${named('baseUrl')} is right.`,
      cause: fault.cause,
    });
  }

  #tellThinking(): void {
    const room = this.#options.reasoningTokens ?? USUAL_REASONING_TOKENS;
    this.#options.onNotice?.({
      kind: 'adapted',
      change: `replies get ${room} tokens of room for thinking`,
      detail: 'The model thinks before it replies.',
    });
  }

  /** @throws {TypeError} before {@link settleDialect} is over. */
  #settled(): Dialect {
    if (this.#dialect === undefined) throw new TypeError('the dialect is not settled');
    return this.#dialect;
  }
}

/** Proxies say so of servers that are down. */
function isAway({ kind, status }: ChatFault): boolean {
  return kind === 'server' && (status === 502 || status === 503 || status === 504);
}
