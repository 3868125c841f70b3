import type { Metric } from 'reflection-tuning';

/** Who takes part; README.md says what each one is. */
export const CONTENDERS = [
  'ours',
  'plain',
  'prefill',
  'prefill-split',
  'node-probabilities',
  'node-logits',
  'node-prefill',
] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** What one trial is told to do, whoever the contender is. */
export interface TrialTask {
  readonly contender: ContenderName;
  /** Path of the GGUF file. */
  readonly model: string;
  /** Path of the dataset. */
  readonly data: string;
  /** Samples to score, from the beginning of the dataset. */
  readonly rows: number;
  /** Samples for the contenders that fetch every token's distribution, which are slow. */
  readonly slowRows: number;
  readonly metrics: readonly Metric[];
  /** Prompts of {@link PROMPT_TOKENS} for the contenders that only prefill. */
  readonly prompts: number;
  /** CPU threads in all. */
  readonly threads: number;
}

/** Tokens of a prefill prompt and of one decode: llama-bench's `-p 512` and its micro-batch. */
export const PROMPT_TOKENS = 512;

/** What a contender did between two readings of the clock; loading and a warm-up come before. */
export interface Measured {
  readonly seconds: number;
  /** Tokens that one full pass per sequence would process. */
  readonly tokens: number;
  /** Mean loss of each sample over all its scored tokens, in nats; null where there is none. */
  readonly losses: readonly (number | null)[];
  /** What else the contender knows about its run: engine settings and counters. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export interface TrialResult extends Measured {
  /** Largest resident set of the process, in bytes. */
  readonly peakBytes: number;
}
