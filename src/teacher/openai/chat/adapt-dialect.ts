import { type ChatBody, limitOf } from './chat-body.js';
import type { ChatFault } from './chat-fault.js';
import { type Dialect, OPTIONAL_PARAMETERS, plainerFormat } from './dialect.js';
import { readTokenCap } from './read-token-cap.js';

/** A dialect that a server's own words lead to. */
export interface Adaptation {
  readonly dialect: Dialect;
  /** What is done differently from now on, half a sentence. */
  readonly change: string;
}

/** What a request may be turned away for although the same in other words would do. */
const ADAPTABLE: ReadonlySet<ChatFault['kind']> = new Set(['bad_request', 'context_too_long', 'server']);

const NO_SYSTEM =
  /(?:(?:system|developer) (?:role|message|prompt|instruction)s?\b|['"](?:system|developer)['"]).{0,40}(?:not|n't|un)\s?(?:be )?(?:support|allow|enable|permit)|does not support '?system|roles? must alternate|only .{0,40}(?:user|assistant) .{0,20}roles?/i;
const NEEDS_STREAM =
  /only supports? (?:the )?stream|stream\w*.{0,30}(?:required|must be|enable)|must .{0,20}stream/i;
const FORMAT =
  /response_?format|json_?schema|json_?object|json mode|structured output|guided|grammar|schema/i;

/**
 * What to say differently to a server that turned a request away, as far as its words tell; undefined where they speak of
 * nothing that could be said differently. Every adaptation takes something away that no later one puts back, so that there
 * is an end to them.
 */
export function adaptDialect(
  dialect: Dialect,
  { kind, said }: ChatFault,
  body: ChatBody,
): Adaptation | undefined {
  if (!ADAPTABLE.has(kind) || said === '') return undefined;
  const cap = kind === 'server' ? undefined : readTokenCap(said, limitOf(body));
  if (cap?.reach === 'all') {
    return {
      dialect: { ...dialect, mostTokens: cap.tokens },
      change: `replies of at most ${cap.tokens} tokens are asked for`,
    };
  }
  if (kind === 'context_too_long') return undefined;
  if (dialect.system === 'message' && NO_SYSTEM.test(said)) {
    return { dialect: { ...dialect, system: 'user' }, change: 'the system prompt is sent with the user’s' };
  }
  return (kind === 'server' ? undefined : adaptParameters(dialect, said)) ?? adaptFormat(dialect, said);
}

function adaptParameters(dialect: Dialect, said: string): Adaptation | undefined {
  if (dialect.tokenLimit === 'max_tokens' && /max_completion_tokens/.test(said)) {
    return {
      dialect: { ...dialect, tokenLimit: 'max_completion_tokens' },
      change: 'max_completion_tokens is sent in place of max_tokens',
    };
  }
  if (!dialect.stream && NEEDS_STREAM.test(said)) {
    return { dialect: { ...dialect, stream: true }, change: 'replies are taken as streams' };
  }
  const unknown = OPTIONAL_PARAMETERS.find(
    (name) => !dialect.omitted.includes(name) && new RegExp(String.raw`\b${name}\b`).test(said),
  );
  return (
    unknown && {
      dialect: { ...dialect, omitted: [...dialect.omitted, unknown] },
      change: `${unknown} is left out`,
    }
  );
}

function adaptFormat(dialect: Dialect, said: string): Adaptation | undefined {
  const format = FORMAT.test(said) ? plainerFormat(dialect.format) : undefined;
  return format && { dialect: { ...dialect, format }, change: `replies are asked for as ${format}` };
}
