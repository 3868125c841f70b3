import OpenAI from 'openai';
import { z } from 'zod';
import { linkAbort } from '../../../util/linked-abort.js';
import type { ApiKey, Redact } from '../connection/api-key.js';
import { boundedFetch } from '../connection/bounded-fetch.js';
import type { Clock } from '../pacing/clock.js';
import type { TokenCounts } from '../pacing/token-counts.js';
import { type ChatFault, classifyFault, withoutReply } from './chat-fault.js';

/** The body of a chat completion request, as sent. */
export type ChatBody = OpenAI.ChatCompletionCreateParamsNonStreaming;

export interface ChatReply {
  readonly kind: 'reply';
  /** Null or blank when the model said nothing. */
  readonly text: string | null;
  /** What the model said in place of a reply, from the field meant for it. */
  readonly refusal: string | null;
  readonly finishReason: string | null;
  readonly model: string | null;
  /** Null when the server does not count. */
  readonly counts: TokenCounts | null;
}

export type ChatOutcome = ChatReply | { readonly kind: 'fault'; readonly fault: ChatFault };

/** Only what is used of it: compatible servers leave out much of the rest. */
const COMPLETION = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z
    .object({ prompt_tokens: z.number().nonnegative(), completion_tokens: z.number().nonnegative() })
    .nullish()
    .catch(null),
});

export interface ConnectionOptions {
  readonly baseUrl: URL;
  readonly apiKey: ApiKey | null;
  /** Longest time for one attempt, from the first byte sent to the last received. Milliseconds. */
  readonly timeoutMs: number;
  /** Longest response accepted. */
  readonly maxResponseBytes: number;
}

export interface ChatClientOptions extends ConnectionOptions {
  readonly clock: Clock;
  readonly redact: Redact;
}

/** The `openai` package with all that decides for itself switched off: no retries, no logging, no reading on. */
export function createOpenAI(options: ConnectionOptions): OpenAI {
  const { baseUrl, apiKey, timeoutMs, maxResponseBytes } = options;
  return new OpenAI({
    baseURL: baseUrl.href,
    apiKey: apiKey?.value ?? 'none',
    ...(apiKey === null ? { defaultHeaders: { Authorization: null } } : {}),
    maxRetries: 0,
    logLevel: 'off',
    // The deadline below covers the body as well and comes first; this one must only not be shorter.
    timeout: timeoutMs * 2,
    fetch: boundedFetch(maxResponseBytes),
  });
}

/** Sends chat completion requests, one attempt each. */
export class ChatClient {
  readonly #options: ChatClientOptions;
  readonly #openai: OpenAI;

  constructor(options: ChatClientOptions) {
    this.#options = options;
    this.#openai = createOpenAI(options);
  }

  /** @throws the signal's reason once it is aborted; what goes wrong otherwise is the outcome. */
  async send(body: ChatBody, signal: AbortSignal | undefined): Promise<ChatOutcome> {
    const { timeoutMs, clock, redact } = this.#options;
    signal?.throwIfAborted();
    const link = linkAbort(signal);
    const deadline = setTimeout(() => link.abort(undefined), timeoutMs);
    try {
      const completion = await this.#openai.chat.completions.create(body, { signal: link.signal });
      return readCompletion(completion, redact);
    } catch (error) {
      signal?.throwIfAborted();
      if (link.signal.aborted) {
        return fault(withoutReply('timeout', `No complete reply within ${timeoutMs / 1000} s.`));
      }
      return fault(classifyFault(error, clock.wall(), redact));
    } finally {
      clearTimeout(deadline);
      link.unlink();
    }
  }
}

/** Reads a completion as received, be it from a response or from a line of a batch's output. */
export function readCompletion(completion: unknown, redact: Redact): ChatOutcome {
  const { data } = COMPLETION.safeParse(completion);
  const choice = data?.choices[0];
  if (choice === undefined) return fault(withoutReply('server', 'The response is no chat completion.'));
  const { content, refusal } = choice.message;
  return {
    kind: 'reply',
    text: content == null ? null : redact(content),
    refusal: refusal == null || refusal === '' ? null : redact(refusal),
    finishReason: choice.finish_reason ?? null,
    model: data?.model ?? null,
    counts:
      data?.usage == null
        ? null
        : { promptTokens: data.usage.prompt_tokens, completionTokens: data.usage.completion_tokens },
  };
}

function fault(fault: ChatFault): ChatOutcome {
  return { kind: 'fault', fault };
}
