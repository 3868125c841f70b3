import { randomUUID } from 'node:crypto';
import { ReflectionError } from '../../errors.js';
import { named } from '../../options/option-name.js';
import { linkAbort } from '../../util/linked-abort.js';
import { closed, isCalledOff } from '../called-off.js';
import type { TeacherJournal } from '../journal/teacher-journal.js';
import { createOpenAI } from '../openai/chat/chat-client.js';
import { chatBody, type Dialect, firstDialect, type ServerFormat } from '../openai/chat/dialect.js';
import { type ApiKeyOptions, createRedactor, type Redact, readApiKey } from '../openai/connection/api-key.js';
import { readBaseUrl, teacherServer } from '../openai/connection/base-url.js';
import { OpenAITeacher } from '../openai/openai-teacher.js';
import { Budget, type BudgetLimits, type Reservation, type Spent } from '../openai/pacing/budget.js';
import { type Clock, SYSTEM_CLOCK } from '../openai/pacing/clock.js';
import { requestTokens } from '../openai/pacing/request-tokens.js';
import { DEFAULT_RETRY, type RetryPolicy } from '../openai/pacing/retry.js';
import { type Price, type TokenCounts, usageOf } from '../openai/pacing/token-counts.js';
import { requestHash } from '../reply/request-hash.js';
import {
  type AskOptions,
  addUsage,
  NO_USAGE,
  type TeacherDescription,
  type TeacherReply,
  type TeacherRequest,
  type TeacherServer,
} from '../teacher.js';
import { type BatchAttempt, batchLine, firstAttempt, longerAttempt } from './batch-attempt.js';
import { type Batch, BatchClient } from './batch-client.js';
import { type BatchResult, countsOf, judgeResult, outcomeOf, parseBatchResult } from './batch-result.js';
import { BatchState, type BatchTicket } from './batch-state.js';
import { type BatchLimits, PROVIDER_LIMITS, splitBatches } from './split-batches.js';

export interface BatchTeacherOptions extends ApiKeyOptions, BudgetLimits {
  readonly model: string;
  /** File that remembers which batches were handed in. */
  readonly statePath: string;
  readonly baseUrl?: string | undefined;
  /** Skips finding out, by one small request outside of batches, how the server can be asked. */
  readonly format?: ServerFormat | undefined;
  /** Default 10,000; OpenAI takes 50,000, but a batch's results are held in memory. */
  readonly requestsPerBatch?: number | undefined;
  /** Size of the file that is handed in. Default and at most 200 MB, which is what OpenAI takes. */
  readonly bytesPerBatch?: number | undefined;
  /** Milliseconds between two looks at the batches under way. Default 60,000. */
  readonly pollMs?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Times a reply that was cut off is asked for anew, each with twice the tokens. Default 2. */
  readonly doublings?: number | undefined;
  /** The price in batches, commonly half of the other one. */
  readonly price?: Price | undefined;
  /** Counts towards the limits, e.g. of the run that is being resumed. */
  readonly spent?: Spent | undefined;
  /** Has every reply before it is handed out; closed with the teacher. */
  readonly journal?: TeacherJournal | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
}

export interface BatchReply {
  readonly request: TeacherRequest;
  readonly reply: TeacherReply;
}

/** A look at the batches under way. */
export interface BatchWait {
  readonly batches: number;
  /** The requests they hold. */
  readonly requests: number;
}

export interface AskAllOptions extends AskOptions {
  /** Called after every look at the batches that leaves something to wait for. */
  readonly onWait?: ((wait: BatchWait) => void) | undefined;
}

/** What ends a batch without results for all of its requests. */
const UNFINISHED: ReadonlySet<string> = new Set(['expired', 'cancelled']);

/** Puts many requests at once through a provider's batch API, which takes hours and costs less. */
export class BatchTeacher implements TeacherDescription, AsyncDisposable {
  readonly id: string;
  readonly server: TeacherServer;
  readonly #options: BatchTeacherOptions;
  readonly #clock: Clock;
  readonly #redact: Redact;
  readonly #client: BatchClient;
  readonly #budget: Budget;
  readonly #stop = new AbortController();

  /** @throws {ReflectionError} `teacher_unauthorized` without a key where one is needed, `invalid_option`. */
  constructor(options: BatchTeacherOptions) {
    const baseUrl = readBaseUrl(options.baseUrl);
    const apiKey = readApiKey(baseUrl, options);
    this.id = `openai:${options.model}`;
    this.server = teacherServer(baseUrl, apiKey);
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#redact = createRedactor(apiKey);
    this.#budget = new Budget(options, options.price ?? null, options.spent);
    this.#client = new BatchClient({
      openai: createOpenAI({
        baseUrl,
        apiKey,
        timeoutMs: 300_000,
        maxResponseBytes: Number.POSITIVE_INFINITY,
      }),
      clock: this.#clock,
      random: options.random ?? Math.random,
      retry: { ...DEFAULT_RETRY, ...options.retry },
      redact: this.#redact,
    });
  }

  /**
   * Replies to all requests, each once, batch by batch as they finish. May be called off and called again, also in
   * another process and for other requests: what was handed in before is waited for, not put again. Whoever takes the
   * next reply has to have kept the one before: its batch may be forgotten then.
   * @throws {ReflectionError} as {@link Teacher.ask} does, and `journal_unreadable` for the state file.
   */
  async *askAll(
    requests: readonly TeacherRequest[],
    { onWait = () => {}, ...calls }: AskAllOptions = {},
  ): AsyncGenerator<BatchReply, void> {
    if (requests.length === 0) return;
    const link = linkAbort(calls.signal, calls.stopWaiting, this.#stop.signal);
    const { signal } = link;
    try {
      signal.throwIfAborted();
      const state = await BatchState.open(this.#options.statePath);
      await this.#recoverTickets(state, signal);
      const dialect = await this.#settleDialect(state, requests[0]!, signal);
      let attempts = requests.map((request) => firstAttempt(this.id, request));
      while (attempts.length > 0) {
        const put = await this.#put(state, attempts, dialect, signal);
        const again: BatchAttempt[] = attempts.filter(({ id }) => !put.has(id));
        for await (const next of this.#collect(state, put, dialect, onWait, signal)) {
          if ('id' in next) again.push(next);
          else yield next;
        }
        attempts = again;
      }
    } catch (error) {
      if (!isCalledOff(error, calls)) throw error;
      throw new ReflectionError('aborted', 'Waiting for the batches was called off; they go on.', {
        cause: error,
      });
    } finally {
      link.unlink();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(closed());
    await this.#options.journal?.[Symbol.asyncDispose]();
  }

  /** Finds out about batches that a killed process may or may not have handed in. */
  async #recoverTickets(state: BatchState, signal: AbortSignal): Promise<void> {
    for (const ticket of state.tickets) {
      if (ticket.batchId !== null) continue;
      const batch = await this.#client.find(ticket.ticket, signal);
      if (batch === undefined) await state.remove(ticket.ticket);
      else await state.put({ ...ticket, batchId: batch.id });
    }
  }

  /** Batches are too slow to find out by, so one request goes the ordinary way, once in a state's life. */
  async #settleDialect(state: BatchState, request: TeacherRequest, signal: AbortSignal): Promise<Dialect> {
    const { model, baseUrl, apiKeyVariable, allowInsecureHttp, format, retry, clock, random } = this.#options;
    if (format !== undefined) return firstDialect(format);
    if (state.dialect !== null) return state.dialect;
    await using prober = new OpenAITeacher({
      ...{ model, baseUrl, apiKeyVariable, allowInsecureHttp },
      ...{ retry, clock, random },
    });
    const dialect = await prober.settleDialect(request, signal);
    await state.keepDialect(dialect);
    return dialect;
  }

  /**
   * Hands in what is not under way yet, as far as the budget goes.
   * @returns the attempts under way, by their ids, each with the room set aside for it.
   */
  async #put(
    state: BatchState,
    attempts: readonly BatchAttempt[],
    dialect: Dialect,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, UnderWay>> {
    const known = new Set(state.tickets.flatMap(({ requestIds }) => requestIds));
    const underWay = new Map<string, UnderWay>();
    let lacking: TokenCounts | undefined;
    const fresh: { readonly id: string; readonly line: string }[] = [];
    // What was handed in earlier is paid for already, so it comes first.
    for (const attempt of [...attempts].sort((a, b) => Number(known.has(b.id)) - Number(known.has(a.id)))) {
      const { id } = attempt;
      if (underWay.has(id)) continue;
      const { body } = this.#body(attempt.sent, dialect);
      const { most } = requestTokens(body);
      const room = known.has(id) ? this.#budget.reserveAnyway(most) : this.#budget.reserve(most);
      if (typeof room === 'string') {
        lacking ??= most;
        continue;
      }
      underWay.set(id, { attempt, most, room });
      if (!known.has(id)) fresh.push({ id, line: batchLine(id, body) });
    }
    if (underWay.size === 0 && lacking !== undefined) throw this.#budget.exhausted(lacking);
    for (const part of splitBatches(fresh, this.#limits())) {
      const requestIds = part.map(({ id }) => id);
      const ticket: BatchTicket = { ticket: randomUUID(), batchId: null, requestIds };
      await state.put(ticket);
      const lines = part.map(({ line }) => line);
      const batch = await this.#client.submit(ticket.ticket, lines, signal);
      await state.put({ ...ticket, batchId: batch.id });
    }
    return underWay;
  }

  #limits(): BatchLimits {
    const { requestsPerBatch = 10_000, bytesPerBatch = PROVIDER_LIMITS.bytes } = this.#options;
    return {
      requests: Math.min(requestsPerBatch, PROVIDER_LIMITS.requests),
      bytes: Math.min(bytesPerBatch, PROVIDER_LIMITS.bytes),
    };
  }

  #body(request: TeacherRequest, dialect: Dialect) {
    return chatBody(this.#options.model, request, dialect, request.maxTokens);
  }

  /** The replies to what is under way; in place of one that was cut off or never begun, the attempt to ask again. */
  async *#collect(
    state: BatchState,
    underWay: ReadonlyMap<string, UnderWay>,
    dialect: Dialect,
    onWait: (wait: BatchWait) => void,
    signal: AbortSignal,
  ): AsyncGenerator<BatchReply | BatchAttempt, void> {
    let open = state.tickets.filter(({ requestIds }) => requestIds.some((id) => underWay.has(id)));
    let hasReplies = false;
    let crowdedOut: { readonly batch: Batch; readonly requestIds: readonly string[] } | undefined;
    while (open.length > 0) {
      const waiting: BatchTicket[] = [];
      for (const ticket of open) {
        const batch = await this.#client.retrieve(ticket.batchId!, signal);
        if (batch.status === 'failed') {
          await state.remove(ticket.ticket);
          if (!isCrowdedOut(batch)) throw batchFailed(batch, this.#redact);
          crowdedOut = { batch, requestIds: [...(crowdedOut?.requestIds ?? []), ...ticket.requestIds] };
          continue;
        }
        if (batch.status !== 'completed' && !UNFINISHED.has(batch.status)) {
          waiting.push(ticket);
          continue;
        }
        const results = await this.#results(batch, signal);
        const done = new Set<string>();
        for (const id of ticket.requestIds) {
          const one = underWay.get(id);
          if (one === undefined) continue;
          const next = await this.#settle(one, results.get(id), batch.status, dialect);
          yield next;
          if ('reply' in next) for (const used of [id, ...one.attempt.earlier]) done.add(used);
        }
        await state.forget(done);
        hasReplies = true;
      }
      open = waiting;
      if (open.length === 0) break;
      const held = open.flatMap(({ requestIds }) => requestIds);
      onWait({ batches: open.length, requests: held.length });
      await this.#clock.sleep(this.#options.pollMs ?? 60_000, signal);
    }
    if (crowdedOut === undefined) return;
    // Now that others have ended there is room; if there were none, the batch itself is too large.
    if (!hasReplies) throw batchFailed(crowdedOut.batch, this.#redact);
    for (const { attempt, room } of crowdedOut.requestIds.flatMap((id) => underWay.get(id) ?? [])) {
      room.settle(NO_USAGE);
      yield attempt;
    }
  }

  async #results(batch: Batch, signal: AbortSignal): Promise<ReadonlyMap<string, BatchResult>> {
    const results = new Map<string, BatchResult>();
    for (const fileId of [batch.output_file_id, batch.error_file_id]) {
      if (fileId === undefined || fileId === null) continue;
      for (const value of await this.#client.download(fileId, signal)) {
        const result = parseBatchResult(value);
        if (result !== undefined) results.set(result.custom_id, result);
      }
    }
    return results;
  }

  /** What comes of one result; a reply is in the journal by then. */
  async #settle(
    { attempt, most, room }: UnderWay,
    result: BatchResult | undefined,
    status: string,
    dialect: Dialect,
  ): Promise<BatchReply | BatchAttempt> {
    const { model, doublings = 2, journal, price = null } = this.#options;
    const { request, earlier } = attempt;
    const outcome = outcomeOf(result, this.#clock.wall(), this.#redact);
    const counts = countsOf(outcome, most);
    room.settle(counts);
    const took = outcome?.kind === 'reply' ? usageOf(counts, price, outcome.counts === null) : NO_USAGE;
    const usage = addUsage(attempt.usage, took);
    const said = result?.error?.message;
    const reply = judgeResult({
      ...{ outcome, status, schema: request.schema },
      said: said == null ? undefined : this.#redact(said),
      layout: this.#body(request, dialect).layout,
      facts: { model, usage, retries: earlier.length, milliseconds: 0, format: dialect.format },
    });
    const isCutOff = reply.kind === 'failed' && reply.reason === 'truncated';
    if (isCutOff && earlier.length < doublings) return longerAttempt(this.id, attempt, usage);
    const { key } = request;
    await journal?.append({ key, requestHash: requestHash(request), teacher: this.id, reply });
    return { request, reply };
  }
}

interface UnderWay {
  readonly attempt: BatchAttempt;
  readonly most: TokenCounts;
  readonly room: Reservation;
}

/** Providers bound the tokens of all batches that wait; beyond that they turn further batches down. */
function isCrowdedOut({ errors }: Batch): boolean {
  return errors?.data?.some(({ code }) => code === 'token_limit_exceeded') ?? false;
}

function batchFailed(batch: Batch, redact: Redact): ReflectionError {
  const said = batch.errors?.data?.[0]?.message ?? 'It does not say why.';
  return new ReflectionError(
    'teacher_unusable',
    `The provider turned the batch ${batch.id} down: ${redact(said)}`,
    {
      remedy: isCrowdedOut(batch)
        ? `Run again with smaller batches (${named('batchSize')}); nothing was charged for this one.`
        : 'Correct what it says and run again; nothing was charged for this batch.',
    },
  );
}
