import { linkAbort } from '../../../util/linked-abort.js';
import type { Redact } from '../connection/secrets.js';
import { readText, type ServerConnection } from '../connection/server-connection.js';
import type { Clock } from '../pacing/clock.js';
import { type ReportedLimit, reportedLimits, waitByLimits } from '../pacing/rate-limit-headers.js';
import type { ChatBody } from './chat-body.js';
import { faultOfError, faultOfResponse, withoutReply } from './chat-fault.js';
import type { ChatOutcome } from './chat-outcome.js';
import { readCompletionBody } from './read-completion.js';

export interface ChatClientParts {
  readonly connection: ServerConnection;
  /** Longest time for one attempt, from the first byte sent to the last received. Milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly redact: Redact;
}

export interface ChatAnswer {
  readonly outcome: ChatOutcome;
  /** How long the server's headers say that nothing more will be let through, in milliseconds; 0 when they do not. */
  readonly restMs: number;
  /** None where the headers do not tell of any. */
  readonly limits: readonly ReportedLimit[];
}

/** Sends chat completion requests, one attempt each. */
export class ChatClient {
  readonly #parts: ChatClientParts;

  constructor(parts: ChatClientParts) {
    this.#parts = parts;
  }

  /** @throws the signal's reason once it is aborted; what goes wrong otherwise is the outcome. */
  async send(body: ChatBody, signal: AbortSignal | undefined): Promise<ChatAnswer> {
    const { timeoutMs, redact } = this.#parts;
    signal?.throwIfAborted();
    const link = linkAbort(signal);
    const deadline = setTimeout(() => link.abort(undefined), timeoutMs);
    try {
      return await this.#sendOnce(body, link.signal);
    } catch (error) {
      signal?.throwIfAborted();
      const fault = link.signal.aborted
        ? withoutReply('timeout', `No complete reply within ${timeoutMs / 1000} s.`)
        : faultOfError(error, redact);
      return { outcome: { kind: 'fault', fault }, restMs: 0, limits: [] };
    } finally {
      clearTimeout(deadline);
      link.unlink();
    }
  }

  async #sendOnce(body: ChatBody, signal: AbortSignal): Promise<ChatAnswer> {
    const { connection, clock, redact } = this.#parts;
    const response = await connection.send({
      route: '/chat/completions',
      body: JSON.stringify(body),
      signal,
    });
    const { status, headers } = response;
    const text = await readText(response.body);
    const limits = reportedLimits(headers);
    if (status >= 200 && status < 300) {
      return {
        outcome: readCompletionBody(text, redact),
        restMs: waitByLimits(headers, clock.wall()) ?? 0,
        limits,
      };
    }
    const fault = faultOfResponse({ status, headers, text }, clock.wall(), redact);
    return { outcome: { kind: 'fault', fault }, restMs: 0, limits };
  }
}
