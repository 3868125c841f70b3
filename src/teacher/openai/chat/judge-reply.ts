import { parseReply } from '../../reply/parse-reply.js';
import type { ReplyLayout } from '../../reply/reply-layout.js';
import type { ReplySchema } from '../../reply/reply-schema.js';
import type { ReplyFacts, ReplyFailure, ReplyFormat, TeacherReply } from '../../teacher.js';
import type { ChatFault } from './chat-fault.js';
import type { ChatOutcome, ChatReply } from './chat-outcome.js';

export interface ReplyExpectation {
  readonly schema: ReplySchema;
  readonly layout: ReplyLayout;
  /** Tokens that the reply might have had, thinking included. */
  readonly limit: number;
  readonly facts: ReplyFacts & { readonly format: ReplyFormat };
}

/** Makes what came back from a server a reply: accepted, or failed with the reason. */
export function judgeOutcome(outcome: ChatOutcome, expected: ReplyExpectation): TeacherReply {
  const { facts } = expected;
  if (outcome.kind === 'fault') {
    const { kind, detail } = outcome.fault;
    return { ...facts, kind: 'failed', reason: FAILURES[kind] ?? 'server_error', detail, rawText: null };
  }
  const verdict = judgeText(outcome, expected);
  const { reasoning } = outcome;
  const known = { ...facts, model: outcome.model ?? facts.model, ...(reasoning !== null && { reasoning }) };
  return verdict.kind === 'accepted'
    ? { ...known, kind: 'answered', fields: verdict.fields, rawText: outcome.text ?? '' }
    : { ...known, kind: 'failed', reason: verdict.reason, detail: verdict.detail, rawText: outcome.text };
}

const FAILURES: Readonly<Partial<Record<ChatFault['kind'], ReplyFailure>>> = {
  context_too_long: 'context_too_long',
  refused: 'refused',
  timeout: 'timeout',
};

type Verdict =
  | { readonly kind: 'accepted'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'failed'; readonly reason: ReplyFailure; readonly detail: string };

/** Of its limit, what a reply that was cut off there has at least; servers do not count alike. */
const NEARLY_ALL = 0.9;

function judgeText(reply: ChatReply, { schema, layout, limit }: ReplyExpectation): Verdict {
  if (reply.refusal !== null) return failed('refused', `The teacher refused: ${reply.refusal}`);
  if (reply.finish === 'content_filter') return failed('refused', 'A content filter cut the reply off.');
  const parsed = parseReply(reply.text ?? '', schema, layout);
  // JSON is complete when it closes, even if white space then ran into the limit. Sections may end anywhere.
  if (reply.finish === 'length' && !(layout.kind === 'json' && parsed.kind === 'parsed')) {
    const took = reply.counts?.completionTokens ?? limit;
    if (took >= NEARLY_ALL * limit) return failed('truncated', 'The reply was cut off at the token limit.');
    const detail = `The reply was cut off after ${took} tokens, short of its limit: the model's context ends there.`;
    return failed('context_too_long', detail);
  }
  return parsed.kind === 'parsed'
    ? { kind: 'accepted', fields: parsed.fields }
    : failed(parsed.reason, parsed.detail);
}

function failed(reason: ReplyFailure, detail: string): Verdict {
  return { kind: 'failed', reason, detail };
}
