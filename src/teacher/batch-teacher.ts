import { createHash, randomUUID } from 'node:crypto';
import { APIError } from 'openai';
import { z } from 'zod';
import { ReflectionError } from '../errors.js';
import { createRedactor, type Redact, readApiKey } from './api-key.js';
import { readBaseUrl } from './base-url.js';
import { type Batch, BatchClient } from './batch-client.js';
import { BatchState, type BatchTicket } from './batch-state.js';
import { type ChatOutcome, createOpenAI, readCompletion } from './chat-client.js';
import { classifyFault } from './chat-fault.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { chatBody, firstDialect, type ServerMode } from './dialect.js';
import { judgeOutcome } from './judge-reply.js';
import { requestHash } from './request-hash.js';
import { DEFAULT_RETRY, type RetryPolicy } from './retry.js';
import { type AskOptions, NO_USAGE, type TeacherReply, type TeacherRequest } from './teacher.js';
import { type Price, usageOf } from './token-counts.js';

export interface BatchTeacherOptions {
  readonly model: string;
  /** File that remembers which batches were handed in. */
  readonly statePath: string;
  readonly baseUrl?: string | undefined;
  readonly apiKeyVariable?: string | undefined;
  /** Default `json_schema`: there is no probe, a batch being too slow for one. */
  readonly mode?: ServerMode | undefined;
  /** Default 10,000; OpenAI takes 50,000, but a batch's results are held in memory. */
  readonly requestsPerBatch?: number | undefined;
  /** Milliseconds between two looks at the batches under way. Default 60,000. */
  readonly pollMs?: number | undefined;
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** The price in batches, commonly half of the other one. */
  readonly price?: Price | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
}

export interface BatchReply {
  readonly request: TeacherRequest;
  readonly reply: TeacherReply;
}

/** What ends a batch without results for all of its requests. */
const UNFINISHED: ReadonlySet<string> = new Set(['expired', 'cancelled']);

const RESULT = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.number(), body: z.unknown() }).nullish(),
  error: z.object({ message: z.string().nullish() }).nullish(),
});
type Result = z.infer<typeof RESULT>;

/** Puts many requests at once through a provider's batch API, which takes hours and costs less. */
export class BatchTeacher {
  readonly id: string;
  readonly #options: BatchTeacherOptions;
  readonly #clock: Clock;
  readonly #redact: Redact;
  readonly #client: BatchClient;

  /** @throws {ReflectionError} `teacher_unauthorized` without a key where one is needed, `invalid_option`. */
  constructor(options: BatchTeacherOptions) {
    const baseUrl = readBaseUrl(options.baseUrl);
    const apiKey = readApiKey(baseUrl, options.apiKeyVariable);
    this.id = `openai:${options.model}`;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#redact = createRedactor(apiKey);
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
   * another process and for other requests: what was handed in before is waited for, not put again.
   * @throws {ReflectionError} as {@link Teacher.ask} does, and `journal_unreadable` for the state file.
   */
  async *askAll(
    requests: readonly TeacherRequest[],
    { signal = new AbortController().signal }: AskOptions = {},
  ): AsyncGenerator<BatchReply, void> {
    const wanted = new Map(requests.map((request) => [requestId(this.id, request), request]));
    try {
      const state = await BatchState.open(this.#options.statePath);
      await this.#recoverTickets(state, signal);
      await this.#submitNew(state, wanted, signal);
      yield* this.#collect(state, wanted, signal);
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      throw new ReflectionError('aborted', 'Waiting for the batches was called off; they go on.', {
        cause: error,
      });
    }
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

  async #submitNew(
    state: BatchState,
    wanted: ReadonlyMap<string, TeacherRequest>,
    signal: AbortSignal,
  ): Promise<void> {
    const known = new Set(state.tickets.flatMap(({ requestIds }) => requestIds));
    const fresh = [...wanted].filter(([id]) => !known.has(id));
    const size = this.#options.requestsPerBatch ?? 10_000;
    for (let start = 0; start < fresh.length; start += size) {
      const part = fresh.slice(start, start + size);
      const ticket: BatchTicket = {
        ticket: randomUUID(),
        batchId: null,
        requestIds: part.map(([id]) => id),
      };
      await state.put(ticket);
      const lines = part.map(([id, request]) => this.#line(id, request));
      const batch = await this.#client.submit(ticket.ticket, lines, signal);
      await state.put({ ...ticket, batchId: batch.id });
    }
  }

  #line(id: string, request: TeacherRequest): string {
    const { body } = this.#body(request);
    return JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body });
  }

  #body(request: TeacherRequest) {
    const dialect = firstDialect(this.#options.mode ?? 'json_schema');
    return chatBody(this.#options.model, request, dialect, request.maxTokens);
  }

  async *#collect(
    state: BatchState,
    wanted: ReadonlyMap<string, TeacherRequest>,
    signal: AbortSignal,
  ): AsyncGenerator<BatchReply, void> {
    let open = state.tickets.filter(({ requestIds }) => requestIds.some((id) => wanted.has(id)));
    while (open.length > 0) {
      const waiting: BatchTicket[] = [];
      for (const ticket of open) {
        const batch = await this.#client.retrieve(ticket.batchId!, signal);
        if (batch.status === 'failed') {
          await state.remove(ticket.ticket);
          throw batchFailed(batch, this.#redact);
        }
        if (batch.status === 'completed' || UNFINISHED.has(batch.status)) {
          const results = await this.#results(batch, signal);
          for (const id of ticket.requestIds) {
            const request = wanted.get(id);
            if (request !== undefined)
              yield { request, reply: this.#judge(request, results.get(id), batch.status) };
          }
          // What a batch left undone may be put again, if the caller asks for it again.
          if (UNFINISHED.has(batch.status)) {
            await state.put({ ...ticket, requestIds: ticket.requestIds.filter((id) => results.has(id)) });
          }
        } else waiting.push(ticket);
      }
      open = waiting;
      if (open.length > 0) await this.#clock.sleep(this.#options.pollMs ?? 60_000, signal);
    }
  }

  async #results(batch: Batch, signal: AbortSignal): Promise<ReadonlyMap<string, Result>> {
    const results = new Map<string, Result>();
    for (const fileId of [batch.output_file_id, batch.error_file_id]) {
      if (fileId === undefined || fileId === null) continue;
      for (const value of await this.#client.download(fileId, signal)) {
        const { data } = RESULT.safeParse(value);
        if (data !== undefined) results.set(data.custom_id, data);
      }
    }
    return results;
  }

  #judge(request: TeacherRequest, result: Result | undefined, status: string): TeacherReply {
    const { model, price = null, mode = 'json_schema' } = this.#options;
    const facts = { model, usage: NO_USAGE, retries: 0, milliseconds: 0, mode };
    const outcome = this.#outcome(result);
    if (outcome === undefined) {
      const said = result?.error?.message;
      const detail =
        said == null ? `The batch is ${status}, without a reply to this request.` : this.#redact(said);
      const reason = status === 'expired' ? 'timeout' : 'server_error';
      return { ...facts, kind: 'rejected', reason, detail, rawText: null };
    }
    return judgeOutcome(outcome, request.schema, this.#body(request).layout, {
      ...facts,
      usage: outcome.kind === 'reply' && outcome.counts ? usageOf(outcome.counts, price) : NO_USAGE,
    });
  }

  /** Undefined when the request never got to the model. */
  #outcome(result: Result | undefined): ChatOutcome | undefined {
    const response = result?.response;
    if (response == null) return undefined;
    if (response.status_code === 200) return readCompletion(response.body, this.#redact);
    const error = APIError.generate(response.status_code, Object(response.body), undefined, new Headers());
    return { kind: 'fault', fault: classifyFault(error, this.#clock.wall(), this.#redact) };
  }
}

/** Identifies a request among all that were ever handed in. */
function requestId(teacherId: string, request: TeacherRequest): string {
  const parts = [teacherId, request.key, requestHash(request)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

function batchFailed(batch: Batch, redact: Redact): ReflectionError {
  const said = batch.errors?.data?.[0]?.message ?? 'It does not say why.';
  return new ReflectionError(
    'teacher_unusable',
    `The provider turned the batch ${batch.id} down: ${redact(said)}`,
    {
      remedy: 'Correct what it says and run again; nothing was charged for this batch.',
    },
  );
}
