import { APIError } from 'openai';
import { z } from 'zod';
import { type ChatOutcome, readCompletion } from '../openai/chat/chat-client.js';
import { classifyFault } from '../openai/chat/chat-fault.js';
import { judgeOutcome } from '../openai/chat/judge-reply.js';
import type { Redact } from '../openai/connection/api-key.js';
import type { TokenCounts } from '../openai/pacing/token-counts.js';
import type { ReplyLayout } from '../reply/reply-layout.js';
import type { ReplySchema } from '../reply/reply-schema.js';
import { NO_USAGE, type ReplyFacts, type ReplyFormat, type TeacherReply } from '../teacher.js';

const RESULT = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.number(), body: z.unknown() }).nullish(),
  error: z.object({ message: z.string().nullish() }).nullish(),
});

/** A line of a batch's output. */
export type BatchResult = z.infer<typeof RESULT>;

/** Undefined for what is no such line. */
export function parseBatchResult(value: unknown): BatchResult | undefined {
  return RESULT.safeParse(value).data;
}

/** What a result says; undefined when the request never got to the model. */
export function outcomeOf(
  result: BatchResult | undefined,
  now: number,
  redact: Redact,
): ChatOutcome | undefined {
  const response = result?.response;
  if (response == null) return undefined;
  if (response.status_code === 200) return readCompletion(response.body, redact);
  const error = APIError.generate(response.status_code, Object(response.body), undefined, new Headers());
  return { kind: 'fault', fault: classifyFault(error, now, redact) };
}

/** What a request took: all it may have taken where the server does not count, nothing where it failed. */
export function countsOf(outcome: ChatOutcome | undefined, most: TokenCounts): TokenCounts {
  return outcome?.kind === 'reply' ? (outcome.counts ?? most) : NO_USAGE;
}

export interface BatchVerdictParts {
  readonly outcome: ChatOutcome | undefined;
  /** What the provider says of a request that never got to the model, secrets blotted out. */
  readonly said: string | undefined;
  /** How the batch ended. */
  readonly status: string;
  readonly schema: ReplySchema;
  readonly layout: ReplyLayout;
  readonly facts: ReplyFacts & { readonly format: ReplyFormat };
}

export function judgeResult({
  outcome,
  said,
  status,
  schema,
  layout,
  facts,
}: BatchVerdictParts): TeacherReply {
  if (outcome !== undefined) return judgeOutcome(outcome, schema, layout, facts);
  const detail = said ?? `The batch is ${status}, without a reply to this request.`;
  const reason = status === 'expired' ? 'timeout' : 'server_error';
  return { ...facts, kind: 'failed', reason, detail, rawText: null };
}
