import type { ChatBody } from '../chat/chat-body.js';
import type { TokenCounts } from './token-counts.js';

/** What a request may take, before it is sent. */
export interface RequestTokens {
  /** A bound, to keep budgets by. */
  readonly most: TokenCounts;
  /** A guess at all of them, to keep rates by. */
  readonly likely: number;
}

/** Tokens that a chat template may put around a message, and around all of them. Templates in use take 3 to 12. */
const TOKENS_AROUND = 32;
/** Of text in European languages and code. */
const USUAL_BYTES_PER_TOKEN = 3;

/**
 * No tokenizer in use makes more than one token of a byte, so the bytes of everything that may become part of the prompt
 * bound its tokens. The reply is bounded by the limit that is sent along, thinking included.
 */
export function requestTokens({ messages, ...rest }: ChatBody): RequestTokens {
  const others = Buffer.byteLength(JSON.stringify(rest));
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), others);
  // Those whom the user has asked for several replies pay for several.
  const replies = typeof rest.n === 'number' && rest.n > 1 ? rest.n : 1;
  const completionTokens = Math.max(rest.max_completion_tokens ?? 0, rest.max_tokens ?? 0) * replies;
  const around = TOKENS_AROUND * (messages.length + 1);
  return {
    most: { promptTokens: bytes + around, completionTokens },
    likely: Math.ceil(bytes / USUAL_BYTES_PER_TOKEN) + completionTokens,
  };
}
