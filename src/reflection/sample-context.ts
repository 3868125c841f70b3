import type { Turn } from '../domain/conversation.js';
import type { JsonObject } from '../util/json-value.js';

/** What there is to a conversation beside a question and its answer. */
export interface SampleContext {
  /** What comes before the question, or before the answer of which nobody asked. */
  readonly before: readonly Turn[];
  /** What comes between question and answer: calls of tools, and what they return. */
  readonly between: readonly Turn[];
  /** Descriptions of the tools that may be called. */
  readonly tools: readonly JsonObject[];
}
