import { ReflectionError } from '../../errors.js';
import { isJsonObject, parseJsonIfValid } from '../../util/json-value.js';
import { type Line, LineSplitter } from '../../util/line-splitter.js';
import type { OnNotice } from '../notice.js';
import { textOrNull } from '../openai/chat/absent.js';
import {
  type ChatFault,
  faultOfError,
  faultOfResponse,
  RETRYABLE_FAULTS,
  withoutReply,
} from '../openai/chat/chat-fault.js';
import { hopelessError } from '../openai/chat/hopeless-error.js';
import type { Redact } from '../openai/connection/secrets.js';
import {
  type HttpResponse,
  readText,
  type ServerConnection,
  type ServerRequest,
} from '../openai/connection/server-connection.js';
import type { Clock } from '../openai/pacing/clock.js';
import { type RetryPolicy, retryDelay } from '../openai/pacing/retry.js';
import { type Batch, readBatch, readBatchPage, TICKET } from './batch-object.js';

export interface BatchClientParts {
  readonly connection: ServerConnection;
  /** The route that requests in batches are meant for. */
  readonly batchRoute: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly redact: Redact;
  readonly notify: OnNotice;
}

const MAX_LINE_BYTES = 64 * 1024 * 1024;
const MAX_PAGES = 1000;

type Call = Omit<ServerRequest, 'signal'>;

/** Hands batches in and fetches their results, through failures of the network. */
export class BatchClient {
  readonly #parts: BatchClientParts;

  constructor(parts: BatchClientParts) {
    this.#parts = parts;
  }

  /** Uploads requests, one JSON line each. @returns the name of their file, of which a batch can be made. */
  upload(name: string, lines: readonly string[], signal: AbortSignal): Promise<string> {
    const content = lines.map((line) => `${line}\n`);
    const body = new FormData();
    body.set('purpose', 'batch');
    body.set('file', new File(content, `${name}.jsonl`, { type: 'application/jsonl' }));
    return this.#retrying(signal, async () => {
      const file = await this.#json({ route: '/files', body }, signal);
      return (isJsonObject(file) ? textOrNull(file.id) : null) ?? this.#odd('a file', file);
    });
  }

  /** Hands a file's requests in, unless a batch of this ticket has got through already. */
  create(ticket: string, fileId: string, signal: AbortSignal): Promise<Batch> {
    const creation = {
      input_file_id: fileId,
      endpoint: this.#parts.batchRoute,
      completion_window: '24h',
      metadata: { [TICKET]: ticket },
    };
    let attempts = 0;
    return this.#retrying(signal, async () => {
      // A batch whose confirmation was lost exists all the same, and would be paid for twice.
      const earlier = attempts++ === 0 ? undefined : await this.#search(ticket, signal);
      if (earlier !== undefined) return earlier;
      const created = await this.#json({ route: '/batches', body: JSON.stringify(creation) }, signal);
      return readBatch(created) ?? this.#odd('a batch', created);
    });
  }

  /** The batch of a ticket, undefined when it was never handed in. */
  find(ticket: string, signal: AbortSignal): Promise<Batch | undefined> {
    return this.#retrying(signal, () => this.#search(ticket, signal));
  }

  retrieve(batchId: string, signal: AbortSignal): Promise<Batch> {
    return this.#retrying(signal, async () => {
      const value = await this.#json({ route: `/batches/${encodeURIComponent(batchId)}` }, signal);
      return readBatch(value) ?? this.#odd('a batch', value);
    });
  }

  /** The lines of a result file, parsed; undefined for one that is no JSON. */
  download(fileId: string, signal: AbortSignal): Promise<unknown[]> {
    return this.#retrying(signal, async () => {
      const { body } = await this.#send({ route: `/files/${encodeURIComponent(fileId)}/content` }, signal);
      const splitter = new LineSplitter(MAX_LINE_BYTES);
      const values: unknown[] = [];
      const keep = ({ bytes }: Line) => {
        if (bytes.length > 0) values.push(parseJsonIfValid(bytes.toString()));
      };
      for await (const chunk of body) for (const line of splitter.push(chunk)) keep(line);
      for (const line of splitter.end()) keep(line);
      return values;
    });
  }

  async #search(ticket: string, signal: AbortSignal): Promise<Batch | undefined> {
    let after: string | null = null;
    for (let page = 0; page < MAX_PAGES; page++) {
      const query: Record<string, string> = { limit: '100', ...(after !== null && { after }) };
      const read = readBatchPage(await this.#json({ route: '/batches', query }, signal));
      const found = read.batches.find((batch) => batch.ticket === ticket);
      if (found !== undefined || read.after === null) return found;
      after = read.after;
    }
    return undefined;
  }

  async #json(call: Call, signal: AbortSignal): Promise<unknown> {
    const text = await readText((await this.#send(call, signal)).body);
    return parseJsonIfValid(text) ?? this.#odd('JSON', text);
  }

  /** @throws {CallFault} for any status but success. */
  async #send(call: Call, signal: AbortSignal): Promise<HttpResponse> {
    const { clock, connection, redact } = this.#parts;
    const response = await connection.send({ ...call, signal });
    const { status, headers } = response;
    if (status >= 200 && status < 300) return response;
    const text = await readText(response.body);
    throw new CallFault(faultOfResponse({ status, headers, text }, clock.wall(), redact));
  }

  #odd(expected: string, value: unknown): never {
    const excerpt = this.#parts.redact(JSON.stringify(value) ?? '').slice(0, 200);
    throw new CallFault(
      withoutReply('server', `Where ${expected} was expected, the server answered ${excerpt}.`),
    );
  }

  async #retrying<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    const { clock, notify, random, redact, retry } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        signal.throwIfAborted();
        const fault = error instanceof CallFault ? error.fault : faultOfError(error, redact);
        throwIfFinal(fault, attempt >= retry.attempts);
        const milliseconds = retryDelay(attempt, fault.retryAfterMs, retry, random);
        notify({ kind: 'waiting', because: 'retry', milliseconds, detail: fault.detail });
        await clock.sleep(milliseconds, signal);
      }
    }
  }
}

/** What came of a call in place of its answer. */
class CallFault extends Error {
  readonly fault: ChatFault;

  constructor(fault: ChatFault) {
    super(fault.detail, { cause: fault.cause });
    this.fault = fault;
  }
}

function throwIfFinal(fault: ChatFault, isLast: boolean): void {
  const hopeless = fault.kind === 'not_found' ? undefined : hopelessError(fault);
  if (hopeless !== undefined) throw hopeless;
  const { cause } = fault;
  if (!RETRYABLE_FAULTS.has(fault.kind)) {
    throw new ReflectionError('teacher_unusable', `The teacher does not take batches. ${fault.detail}`, {
      remedy: 'Use a provider with a batch API, or run without batches.',
      cause,
    });
  }
  if (!isLast) return;
  throw new ReflectionError('teacher_unreachable', `The teacher cannot be reached. ${fault.detail}`, {
    remedy: 'Resume later; batches handed in go on and are not put again.',
    cause,
  });
}
