/**
 * What a teacher is: something that turns one text into a few named texts. It knows nothing of samples, templates
 * or scores, so that a server, a local file and a recording can stand in for each other.
 */
import type { ReplySchema } from './reply/reply-schema.js';

export interface TeacherRequest {
  /** Identifies the request in journals; stable between runs, unique within one. */
  readonly key: string;
  readonly system: string;
  /** What is asked; what is equal for many requests first. The teacher adds how the reply has to be laid out. */
  readonly user: string;
  readonly schema: ReplySchema;
  /** Tokens the reply may have; some teachers double it when a reply was cut off. */
  readonly maxTokens: number;
  /** 0 asks for the most likely reply. */
  readonly temperature: number;
  readonly topP?: number;
  readonly seed?: number;
}

/**
 * How the reply's layout is enforced: by a schema the server knows, by "some JSON", by marker lines in plain text
 * that only the prompt asks for, or by a grammar in process.
 */
export const REPLY_FORMATS = ['json_schema', 'json_object', 'markers', 'grammar'] as const;
export type ReplyFormat = (typeof REPLY_FORMATS)[number];

/** What was spent. */
export interface Usage {
  readonly promptTokens: number;
  /** Of these, the ones that the server had in its cache; left out when there are none, or it does not say. */
  readonly cachedTokens?: number | undefined;
  /** Thinking included. */
  readonly completionTokens: number;
  /** Of these, the ones of its thinking; left out when there are none, or the server does not say. */
  readonly reasoningTokens?: number | undefined;
  /** In the currency of the price given; null when no price is known. */
  readonly cost: number | null;
  /** True when a part was guessed from text lengths because the server did not say. */
  readonly estimated: boolean;
}

export const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0, cost: 0, estimated: false };

export function addUsage(a: Usage, b: Usage): Usage {
  const cachedTokens = (a.cachedTokens ?? 0) + (b.cachedTokens ?? 0);
  const reasoningTokens = (a.reasoningTokens ?? 0) + (b.reasoningTokens ?? 0);
  return {
    promptTokens: a.promptTokens + b.promptTokens,
    completionTokens: a.completionTokens + b.completionTokens,
    ...(cachedTokens > 0 && { cachedTokens }),
    ...(reasoningTokens > 0 && { reasoningTokens }),
    cost: a.cost === null || b.cost === null ? null : a.cost + b.cost,
    estimated: a.estimated || b.estimated,
  };
}

/** Why a request has no answer, though the teacher works. Machine-readable. */
export const REPLY_FAILURES = [
  /** Cut off at the token limit, also with the largest limit tried. */
  'truncated',
  /** The teacher or its content filter declined. */
  'refused',
  /** The reply is not laid out as asked, or in more than one way. */
  'unparsable',
  /** No reply, or one whose new texts are blank or placeholders. */
  'empty',
  /** No complete reply within the time limit. */
  'timeout',
  /** The request and its reply do not fit into the teacher's context. */
  'context_too_long',
  /** The server refused this request, or failed at every attempt. */
  'server_error',
  /** Replay: the recording holds no answer to exactly this request. */
  'replay_missing',
] as const;
export type ReplyFailure = (typeof REPLY_FAILURES)[number];

/** What is known of every reply. */
export interface ReplyFacts {
  /** The model that answered, in the teacher's own words. */
  readonly model: string;
  /** Of all attempts together. */
  readonly usage: Usage;
  /** Attempts beyond the first. */
  readonly retries: number;
  /** From the question to the reply, waiting included. */
  readonly milliseconds: number;
  /** What the teacher thought before it wrote, where that is told apart; left out otherwise. */
  readonly reasoning?: string | undefined;
}

/** Every field of the schema, trimmed; no `text` field is blank or a placeholder. */
export interface AnsweredReply extends ReplyFacts {
  readonly kind: 'answered';
  readonly fields: Readonly<Record<string, string>>;
  /** What the teacher wrote, whole, secrets blotted out. */
  readonly rawText: string;
  readonly format: ReplyFormat;
}

export interface FailedReply extends ReplyFacts {
  readonly kind: 'failed';
  readonly reason: ReplyFailure;
  /** One sentence for people. */
  readonly detail: string;
  /** What the teacher wrote, null when nothing arrived. */
  readonly rawText: string | null;
  readonly format: ReplyFormat | null;
}

/** One bad item is a value; see {@link Teacher.ask} for what throws. */
export type TeacherReply = AnsweredReply | FailedReply;

/** Who is asked, and where. Holds no secrets. */
export interface TeacherDescription {
  /** Names the model that answers, e.g. `openai:gpt-4o-mini` or `gguf:<hash>`. */
  readonly id: string;
  /** Null when nothing leaves the process. */
  readonly server: TeacherServer | null;
}

export interface TeacherServer {
  /** The teacher's name as the user gives it, e.g. `openai:gpt-4o-mini`. */
  readonly name: string;
  /** Base URL without its query. */
  readonly endpoint: string;
  /** Environment variable whose key is sent there; null when none is. */
  readonly keyVariable: string | null;
  /** Origin of the proxy on the way; null when there is none. */
  readonly proxy: string | null;
}

export interface AskOptions {
  /** Calls the request off at once. */
  readonly signal?: AbortSignal | undefined;
  /** Calls the request off while it waits for its turn, or for another attempt after one that failed. */
  readonly stopWaiting?: AbortSignal | undefined;
}

export interface Teacher extends TeacherDescription, AsyncDisposable {
  /**
   * Puts one request. Any number may be asked at a time; the teacher puts as many at once as it is meant to.
   * @throws {ReflectionError} what would go wrong with every further request too: `teacher_unauthorized`,
   *   `teacher_unusable`, `teacher_unreachable`, `budget_exhausted`; also `aborted` and `closed`.
   */
  ask(request: TeacherRequest, options?: AskOptions): Promise<TeacherReply>;
}
