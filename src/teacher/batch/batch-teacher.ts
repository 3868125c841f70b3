import { ReflectionError } from '../../errors.js';
import { linkAbort } from '../../util/linked-abort.js';
import { closed, isCalledOff } from '../called-off.js';
import type { TeacherJournal } from '../journal/teacher-journal.js';
import { type Clock, SYSTEM_CLOCK } from '../openai/pacing/clock.js';
import type { RateLimits } from '../openai/pacing/rate-limiter.js';
import { requestTokens } from '../openai/pacing/request-tokens.js';
import { DEFAULT_RETRY } from '../openai/pacing/retry.js';
import type { TokenCounts } from '../openai/pacing/token-counts.js';
import { ServerChat, type ServerChatOptions } from '../openai/server-chat.js';
import { requestHash } from '../reply/request-hash.js';
import {
  type AskOptions,
  NO_USAGE,
  type TeacherDescription,
  type TeacherReply,
  type TeacherRequest,
  type TeacherServer,
} from '../teacher.js';
import { type BatchAttempt, batchLine, firstAttempt } from './batch-attempt.js';
import { BatchClient } from './batch-client.js';
import type { Batch } from './batch-object.js';
import { type BatchResult, parseBatchResult } from './batch-result.js';
import { BatchState, type BatchTicket } from './batch-state.js';
import { batchFailed, isCrowdedOut } from './failed-batch.js';
import { type FreshRequest, handIn, recoverTickets } from './hand-in.js';
import { layOut, settleAttempt, type UnderWay } from './settle-attempt.js';
import { type BatchLimits, PROVIDER_LIMITS, splitBatches } from './split-batches.js';

/** Prices are those of batches, commonly half of the others. */
export interface BatchTeacherOptions
  extends Omit<ServerChatOptions, keyof RateLimits | 'concurrency' | 'deadAfter'> {
  /** File that remembers which batches were handed in. */
  readonly statePath: string;
  /** Default 10,000; OpenAI takes 50,000, but a batch's results are held in memory. */
  readonly requestsPerBatch?: number | undefined;
  /** Size of the file that is handed in. Default and at most 200 MB, which is what OpenAI takes. */
  readonly bytesPerBatch?: number | undefined;
  /** Milliseconds between two looks at the batches under way. Default 60,000. */
  readonly pollMs?: number | undefined;
  /** Times a reply that was cut off is asked for anew, each with twice the tokens. Default 2. */
  readonly doublings?: number | undefined;
  /** Has every reply before it is handed out; closed with the teacher. */
  readonly journal?: TeacherJournal | undefined;
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

/** Puts many requests at once through a provider's batch API, which takes hours and costs less. */
export class BatchTeacher implements TeacherDescription, AsyncDisposable {
  readonly id: string;
  readonly server: TeacherServer;
  readonly #options: BatchTeacherOptions;
  readonly #clock: Clock;
  /** The same server, asked outside of batches to find out how it can be asked. */
  readonly #chat: ServerChat;
  readonly #client: BatchClient;
  readonly #closeConnection: () => void;

  /** @throws {ReflectionError} `teacher_unauthorized` without a key where one is needed, `invalid_option`. */
  constructor(options: BatchTeacherOptions) {
    const { clock = SYSTEM_CLOCK, random = Math.random } = options;
    this.#options = options;
    this.#clock = clock;
    this.#chat = new ServerChat(options);
    const { server } = this.#chat;
    this.id = server.id;
    this.server = server.description;
    const connection = server.connectToBatches(Number.POSITIVE_INFINITY);
    this.#closeConnection = () => connection[Symbol.dispose]();
    this.#client = new BatchClient({
      connection,
      batchRoute: server.batchRoute,
      ...{ clock, random },
      retry: { ...DEFAULT_RETRY, ...options.retry },
      redact: server.redact,
      notify: options.onNotice ?? (() => {}),
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
    const link = linkAbort(calls.signal, calls.stopWaiting, this.#chat.stop.signal);
    const { signal } = link;
    try {
      signal.throwIfAborted();
      const state = await BatchState.open(this.#options.statePath);
      await recoverTickets(this.#client, state, signal);
      await this.#settleDialect(state, requests[0]!, signal);
      let attempts = requests.map((request) => firstAttempt(this.id, request));
      while (attempts.length > 0) {
        const put = await this.#put(state, attempts, signal);
        const again: BatchAttempt[] = attempts.filter(({ id }) => !put.has(id));
        for await (const next of this.#collect(state, put, onWait, signal)) {
          if ('id' in next) again.push(next);
          else yield next;
        }
        await state.keepDialect(this.#chat.dialect!);
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
    this.#chat.stop.abort(closed());
    this.#chat[Symbol.dispose]();
    this.#closeConnection();
    await this.#options.journal?.[Symbol.asyncDispose]();
  }

  /** Batches are too slow to find out by, so a request goes the ordinary way, once in a state's life. */
  async #settleDialect(state: BatchState, request: TeacherRequest, signal: AbortSignal): Promise<void> {
    if (this.#chat.dialect === undefined && state.dialect !== null) this.#chat.dialect = state.dialect;
    await this.#chat.settleDialect(request, signal);
    await state.keepDialect(this.#chat.dialect!);
  }

  /**
   * Hands in what is not under way yet, as far as the budget goes.
   * @returns the attempts under way, by their ids, each with the room set aside for it.
   */
  async #put(
    state: BatchState,
    attempts: readonly BatchAttempt[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, UnderWay>> {
    const { budget, server } = this.#chat;
    const known = new Set(state.tickets.flatMap(({ requestIds }) => requestIds));
    const underWay = new Map<string, UnderWay>();
    let lacking: TokenCounts | undefined;
    const fresh: FreshRequest[] = [];
    // What was handed in earlier is paid for already, so it comes first.
    for (const attempt of [...attempts].sort((a, b) => Number(known.has(b.id)) - Number(known.has(a.id)))) {
      const { id } = attempt;
      if (underWay.has(id)) continue;
      const laidOut = layOut(this.#chat, attempt);
      const { most } = requestTokens(laidOut.body);
      const room = known.has(id) ? budget.reserveAnyway(most) : budget.reserve(most);
      if (typeof room === 'string') {
        lacking ??= most;
        continue;
      }
      underWay.set(id, { attempt, laidOut, most, room });
      if (!known.has(id)) fresh.push({ id, line: batchLine(id, server.batchRoute, laidOut.body) });
    }
    if (underWay.size === 0 && lacking !== undefined) throw budget.exhausted(lacking);
    for (const part of splitBatches(fresh, this.#limits())) {
      await handIn(part, this.#client, state, signal);
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

  /** The replies to what is under way; in place of one that was cut off or never begun, the attempt to ask again. */
  async *#collect(
    state: BatchState,
    underWay: ReadonlyMap<string, UnderWay>,
    onWait: (wait: BatchWait) => void,
    signal: AbortSignal,
  ): AsyncGenerator<BatchReply | BatchAttempt, void> {
    const { redact } = this.#chat.server;
    let open = state.tickets.filter(({ requestIds }) => requestIds.some((id) => underWay.has(id)));
    let hasReplies = false;
    let crowdedOut: { readonly batch: Batch; readonly requestIds: readonly string[] } | undefined;
    while (open.length > 0) {
      const waiting: BatchTicket[] = [];
      for (const ticket of open) {
        const batch = await this.#client.retrieve(ticket.batchId!, signal);
        if (batch.phase === 'open') {
          waiting.push(ticket);
          continue;
        }
        if (batch.phase === 'failed' && batch.files.length === 0) {
          await state.remove(ticket.ticket);
          if (!isCrowdedOut(batch)) throw batchFailed(batch, redact);
          crowdedOut = { batch, requestIds: [...(crowdedOut?.requestIds ?? []), ...ticket.requestIds] };
          continue;
        }
        const results = await this.#results(batch, signal);
        const done = new Set<string>();
        for (const id of ticket.requestIds) {
          const one = underWay.get(id);
          if (one === undefined) continue;
          const next = await this.#settle(one, results.get(id), batch.status);
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
    if (!hasReplies) throw batchFailed(crowdedOut.batch, redact);
    for (const { attempt, room } of crowdedOut.requestIds.flatMap((id) => underWay.get(id) ?? [])) {
      room.settle(NO_USAGE);
      yield attempt;
    }
  }

  async #results(batch: Batch, signal: AbortSignal): Promise<ReadonlyMap<string, BatchResult>> {
    const results = new Map<string, BatchResult>();
    for (const fileId of batch.files) {
      for (const value of await this.#client.download(fileId, signal)) {
        const result = parseBatchResult(value);
        if (result !== undefined) results.set(result.requestId, result);
      }
    }
    return results;
  }

  /** What comes of one result; a reply is in the journal by then. */
  async #settle(
    one: UnderWay,
    result: BatchResult | undefined,
    status: string,
  ): Promise<BatchReply | BatchAttempt> {
    const { model, doublings = 2, journal, onNotice = () => {}, price = null } = this.#options;
    const settled = settleAttempt(one, result, status, {
      ...{ chat: this.#chat, model, teacherId: this.id, doublings, price },
      ...{ now: this.#clock.wall(), notify: onNotice },
    });
    if (settled.kind === 'again') return settled.attempt;
    const { request } = one.attempt;
    const { reply } = settled;
    await journal?.append({ key: request.key, requestHash: requestHash(request), teacher: this.id, reply });
    return { request, reply };
  }
}
