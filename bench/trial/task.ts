import type { Metric } from 'reflection-tuning';

/** Who can take part; README.md says what each one is. */
export const CONTENDERS = [
  'ours',
  'plain',
  'decide',
  'prefill',
  'prefill-split',
  'node-probabilities',
  'node-logits',
  'node-prefill',
  'orchestration',
  'long-run',
] as const;
export type NodeContender = (typeof CONTENDERS)[number];

/** Those that run in Python, when their environment is there. */
export const PYTHON_CONTENDERS = ['hf', 'hf-decide', 'sgemm'] as const;
export type PythonContender = (typeof PYTHON_CONTENDERS)[number];

export type ContenderName = NodeContender | PythonContender;

/** Samples of a dataset: of the first `count` that are not too long, the first and every `every`-th after it. */
export interface RowChoice {
  readonly data: string;
  readonly count: number;
  readonly every: number;
}

/** What one trial is told to do, whoever the contender is. */
export interface TrialTask {
  readonly contender: ContenderName;
  /** Path of the GGUF file. */
  readonly model: string;
  readonly rows: RowChoice;
  readonly metrics: readonly Metric[];
  /** Prompts of {@link PROMPT_TOKENS} for the contenders that only prefill. */
  readonly prompts: number;
  /** CPU threads in all. */
  readonly threads: number;
}

/** Tokens of a prefill prompt and of one decode: llama-bench's `-p 512` and its micro-batch. */
export const PROMPT_TOKENS = 512;

/** A sample by its number among those that are not too long, and its mean loss; null where there is none. */
export type RowLoss = readonly [row: number, loss: number | null];

/** What a contender did between two readings of the clock; loading and a warm-up come before. */
export interface Measured {
  readonly seconds: number;
  /** Tokens that one full pass per sequence would process. */
  readonly tokens: number;
  /** Samples scored or decided; 0 for those that do neither. */
  readonly rows: number;
  /** Over all scored tokens of a sample, in nats. */
  readonly losses: readonly RowLoss[];
  /** What else the contender knows about its run: engine settings and counters. */
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export interface TrialResult extends Measured {
  /** Largest resident set of the process, in bytes; null where the system does not tell. */
  readonly peakBytes: number | null;
  /** What other processes took of all cores while it ran, 0 to 1; null where the system does not tell. */
  readonly othersShare: number | null;
}
