import type OpenAI from 'openai';
import { toFile } from 'openai';
import { ReflectionError } from '../../errors.js';
import { parseJsonIfValid } from '../../util/json-value.js';
import { type Line, LineSplitter } from '../../util/line-splitter.js';
import { linkAbort } from '../../util/linked-abort.js';
import { classifyFault, RETRYABLE_FAULTS } from '../openai/chat/chat-fault.js';
import { hopelessError } from '../openai/chat/hopeless-error.js';
import type { Redact } from '../openai/connection/api-key.js';
import type { Clock } from '../openai/pacing/clock.js';
import { type RetryPolicy, retryDelay } from '../openai/pacing/retry.js';

export type Batch = OpenAI.Batch;

export interface BatchClientParts {
  readonly openai: OpenAI;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  readonly redact: Redact;
}

interface CallOptions {
  readonly signal: AbortSignal;
}

/** Under which a batch carries our own name for it. */
const TICKET = 'ticket';
const MAX_LINE_BYTES = 64 * 1024 * 1024;

/** Hands batches in and fetches their results, through failures of the network. */
export class BatchClient {
  readonly #parts: BatchClientParts;

  constructor(parts: BatchClientParts) {
    this.#parts = parts;
  }

  /** Hands requests in, one JSON line each, unless a batch of this ticket has got through already. */
  async submit(ticket: string, lines: readonly string[], signal: AbortSignal): Promise<Batch> {
    const { openai } = this.#parts;
    const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const file = await this.#retrying(signal, async (options) =>
      openai.files.create({ file: await toFile(bytes, `${ticket}.jsonl`), purpose: 'batch' }, options),
    );
    let attempts = 0;
    return this.#retrying(signal, async (options) => {
      // A batch whose confirmation was lost exists all the same, and would be paid for twice.
      const earlier = attempts++ === 0 ? undefined : await this.#search(ticket, options);
      return (
        earlier ??
        openai.batches.create(
          {
            input_file_id: file.id,
            endpoint: '/v1/chat/completions',
            completion_window: '24h',
            metadata: { [TICKET]: ticket },
          },
          options,
        )
      );
    });
  }

  /** The batch of a ticket, undefined when it was never handed in. */
  find(ticket: string, signal: AbortSignal): Promise<Batch | undefined> {
    return this.#retrying(signal, (options) => this.#search(ticket, options));
  }

  retrieve(batchId: string, signal: AbortSignal): Promise<Batch> {
    return this.#retrying(signal, (options) => this.#parts.openai.batches.retrieve(batchId, options));
  }

  /** The lines of a result file, parsed; undefined for one that is no JSON. */
  async download(fileId: string, signal: AbortSignal): Promise<unknown[]> {
    return this.#retrying(signal, async (options) => {
      const response = await this.#parts.openai.files.content(fileId, options);
      const splitter = new LineSplitter(MAX_LINE_BYTES);
      const values: unknown[] = [];
      const parse = (line: Line) => parseJsonIfValid(line.bytes.toString());
      for await (const chunk of response.body ?? []) {
        for (const line of splitter.push(Buffer.from(chunk))) values.push(parse(line));
      }
      for (const line of splitter.end()) values.push(parse(line));
      return values;
    });
  }

  async #search(ticket: string, options: CallOptions): Promise<Batch | undefined> {
    for await (const batch of this.#parts.openai.batches.list({ limit: 100 }, options)) {
      if (batch.metadata?.[TICKET] === ticket) return batch;
    }
    return undefined;
  }

  async #retrying<T>(signal: AbortSignal, call: (options: CallOptions) => Promise<T>): Promise<T> {
    const { clock, random, redact, retry } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      // The package never takes its listeners off a signal, and a run looks at its batches for hours.
      const link = linkAbort(signal);
      try {
        return await call({ signal: link.signal });
      } catch (error) {
        signal.throwIfAborted();
        const fault = classifyFault(error, clock.wall(), redact);
        const hopeless = hopelessError(fault);
        if (hopeless !== undefined) throw hopeless;
        if (!RETRYABLE_FAULTS.has(fault.kind)) {
          throw new ReflectionError(
            'teacher_unusable',
            `The teacher does not take batches. ${fault.detail}`,
            {
              remedy: 'Use a provider with a batch API, or run without batches.',
              cause: fault.cause,
            },
          );
        }
        if (attempt >= retry.attempts) {
          throw new ReflectionError('teacher_unreachable', `The teacher cannot be reached. ${fault.detail}`, {
            remedy: 'Resume later; batches handed in go on and are not put again.',
            cause: fault.cause,
          });
        }
        await clock.sleep(retryDelay(attempt, fault.retryAfterMs, retry, random), signal);
      } finally {
        link.unlink();
      }
    }
  }
}
