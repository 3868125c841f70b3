import type { TokenCounts } from '../pacing/token-counts.js';
import type { ChatFault } from './chat-fault.js';

/** What a model replied. */
export interface ChatReply {
  readonly kind: 'reply';
  /** Null when the model said nothing. */
  readonly text: string | null;
  /** What it thought before, where the server tells that apart. */
  readonly reasoning: string | null;
  /** What it said in place of a reply, from the field meant for it. */
  readonly refusal: string | null;
  /** Why it stopped; null where the server does not say. */
  readonly finish: 'stop' | 'length' | 'content_filter' | null;
  readonly model: string | null;
  /** Null when the server does not count. */
  readonly counts: TokenCounts | null;
}

export type ChatOutcome = ChatReply | { readonly kind: 'fault'; readonly fault: ChatFault };
