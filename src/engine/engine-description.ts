import type { Head } from './head.js';

/** How one context runs a student. */
export interface ContextDescription {
  readonly head: Head;
  /** Why not the preferred head; "" when it is. */
  readonly headReason: string;
  /** Whether prefixes that sequences share are decoded once. */
  readonly sharePrefixes: boolean;
  /** Why they are not; "" when they are. */
  readonly shareReason: string;
  /** Longest sequence, in tokens. */
  readonly maxLength: number;
  /** Tokens of one decode. */
  readonly batchTokens: number;
  /** Which of our own kernels compute; "" when ggml's do. */
  readonly kernels: string;
  /** Tokens that the cache holds. */
  readonly cells: number;
  /** CPU threads. */
  readonly threads: number;
}

/** How the engine runs a student: as each of its contexts does, but with the threads of all. */
export interface EngineDescription extends ContextDescription {
  readonly contexts: number;
}
