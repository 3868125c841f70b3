import type { ChatOutcome, ChatReply } from './chat-client.js';
import type { ChatFault } from './chat-fault.js';
import { parseReply } from './parse-reply.js';
import type { ReplyLayout } from './reply-layout.js';
import type { ReplySchema } from './reply-schema.js';
import type { RejectionReason, ReplyFacts, ReplyMode, TeacherReply } from './teacher.js';

/** Makes what came back from a server a reply: accepted, or rejected with the reason. */
export function judgeOutcome(
  outcome: ChatOutcome,
  schema: ReplySchema,
  layout: ReplyLayout,
  facts: ReplyFacts & { readonly mode: ReplyMode },
): TeacherReply {
  if (outcome.kind === 'fault') {
    const { kind, detail } = outcome.fault;
    return { ...facts, kind: 'rejected', reason: REJECTIONS[kind] ?? 'server_error', detail, rawText: null };
  }
  const verdict = judgeText(outcome, schema, layout);
  const known = { ...facts, model: outcome.model ?? facts.model };
  return verdict.kind === 'accepted'
    ? { ...known, kind: 'answered', fields: verdict.fields, rawText: outcome.text ?? '' }
    : { ...known, kind: 'rejected', reason: verdict.reason, detail: verdict.detail, rawText: outcome.text };
}

const REJECTIONS: Readonly<Partial<Record<ChatFault['kind'], RejectionReason>>> = {
  context_too_long: 'context_too_long',
  refused: 'refused',
  timeout: 'timeout',
};

type Verdict =
  | { readonly kind: 'accepted'; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'rejected'; readonly reason: RejectionReason; readonly detail: string };

function judgeText(reply: ChatReply, schema: ReplySchema, layout: ReplyLayout): Verdict {
  if (reply.refusal !== null) return rejected('refused', `The teacher refused: ${reply.refusal}`);
  if (reply.finishReason === 'content_filter')
    return rejected('refused', 'A content filter cut the reply off.');
  const parsed = parseReply(reply.text ?? '', schema, layout);
  // JSON is complete when it closes, even if white space then ran into the limit. Sections may end anywhere.
  if (reply.finishReason === 'length' && !(layout.kind === 'json' && parsed.kind === 'parsed')) {
    return rejected('truncated', 'The reply was cut off at the token limit.');
  }
  return parsed.kind === 'parsed'
    ? { kind: 'accepted', fields: parsed.fields }
    : rejected(parsed.reason, parsed.detail);
}

function rejected(reason: RejectionReason, detail: string): Verdict {
  return { kind: 'rejected', reason, detail };
}
