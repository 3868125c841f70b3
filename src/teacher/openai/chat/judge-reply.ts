import { parseReply } from '../../reply/parse-reply.js';
import type { ReplyLayout } from '../../reply/reply-layout.js';
import type { ReplySchema } from '../../reply/reply-schema.js';
import type { ReplyFacts, ReplyFailure, ReplyFormat, TeacherReply } from '../../teacher.js';
import type { ChatFault } from './chat-fault.js';
import type { ChatOutcome, ChatReply } from './chat-outcome.js';

/** Makes what came back from a server a reply: accepted, or failed with the reason. */
export function judgeOutcome(
  outcome: ChatOutcome,
  schema: ReplySchema,
  layout: ReplyLayout,
  facts: ReplyFacts & { readonly format: ReplyFormat },
): TeacherReply {
  if (outcome.kind === 'fault') {
    const { kind, detail } = outcome.fault;
    return { ...facts, kind: 'failed', reason: FAILURES[kind] ?? 'server_error', detail, rawText: null };
  }
  const verdict = judgeText(outcome, schema, layout);
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

function judgeText(reply: ChatReply, schema: ReplySchema, layout: ReplyLayout): Verdict {
  if (reply.refusal !== null) return failed('refused', `The teacher refused: ${reply.refusal}`);
  if (reply.finish === 'content_filter') return failed('refused', 'A content filter cut the reply off.');
  const parsed = parseReply(reply.text ?? '', schema, layout);
  // JSON is complete when it closes, even if white space then ran into the limit. Sections may end anywhere.
  if (reply.finish === 'length' && !(layout.kind === 'json' && parsed.kind === 'parsed')) {
    return failed('truncated', 'The reply was cut off at the token limit.');
  }
  return parsed.kind === 'parsed'
    ? { kind: 'accepted', fields: parsed.fields }
    : failed(parsed.reason, parsed.detail);
}

function failed(reason: ReplyFailure, detail: string): Verdict {
  return { kind: 'failed', reason, detail };
}
