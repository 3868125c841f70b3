/**
 * What the rest of the program needs of an engine: tokens and spans in, log-prob sums out. The in-process
 * {@link Student} is one implementation; a pool of worker processes, one per device, can be another without a change
 * above this interface.
 */

/** One sequence and the span of it to score. */
export interface SpanRequest {
  /** Token ids, at least two; each in [0, vocabulary size). */
  readonly tokens: Int32Array;
  /** First token of the target span; at least 1, because a token needs a predecessor to be predicted from. */
  readonly begin: number;
  /** One past the span's last token; greater than `begin`, at most `tokens.length`. */
  readonly end: number;
}

/** What the student says about a span; `not_finite` when its numbers overflowed or its weights are damaged. */
export type SpanOutcome =
  | {
      readonly kind: 'scored';
      /** Sum of ln p(token | all tokens before it) over the span, in nats, summed in double. */
      readonly sumLogprob: number;
      /** end - begin. */
      readonly tokenCount: number;
      /** ln p of each token of the span, in order; only when `perToken` was asked for. */
      readonly logprobs?: Float32Array;
    }
  | { readonly kind: 'not_finite' };

export interface ScoreOptions {
  /** Also return the log-prob of every scored token. */
  readonly perToken?: boolean;
  readonly signal?: AbortSignal;
}

export interface TokenizeOptions {
  /** Add what the tokenizer adds by itself: a BOS for Llama, nothing for GPT-2. Default false. */
  readonly addSpecial?: boolean;
  /** Turn text such as `</s>` into the control token it spells. Default false: it stays plain text. */
  readonly parseSpecial?: boolean;
}

export interface Scorer {
  /** The token that starts every sequence of the exact definition: BOS, or end-of-text where there is no BOS. */
  readonly startToken: number;
  /** Longest sequence, in tokens, that can be scored. */
  readonly maxLength: number;
  /** Tokens of one decode; callers size their windows by it. */
  readonly batchTokens: number;
  /** Calls that are worked on at the same time; further ones queue behind them. */
  readonly parallelism: number;

  /** Ids of each text, in order. Rejects with ReflectionError `closed`. */
  tokenize(texts: readonly string[], options?: TokenizeOptions): Promise<readonly Int32Array[]>;

  /**
   * Outcomes in the order of the requests. Calls may overlap; their sequences share batches. Rejects with
   * ReflectionError `invalid_job`, `aborted`, `closed`, `out_of_memory` or `decode_failed`.
   */
  score(requests: readonly SpanRequest[], options?: ScoreOptions): Promise<readonly SpanOutcome[]>;
}
