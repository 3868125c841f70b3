import type { ChatBody } from '../chat/chat-client.js';
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
export function requestTokens(body: ChatBody): RequestTokens {
  const { messages, response_format } = body;
  const schema = response_format === undefined ? 0 : Buffer.byteLength(JSON.stringify(response_format));
  const bytes = messages.reduce((sum, { content }) => sum + Buffer.byteLength(String(content)), schema);
  const completionTokens = body.max_completion_tokens ?? body.max_tokens ?? 0;
  const around = TOKENS_AROUND * (messages.length + 1);
  return {
    most: { promptTokens: bytes + around, completionTokens },
    likely: Math.ceil(bytes / USUAL_BYTES_PER_TOKEN) + completionTokens,
  };
}
