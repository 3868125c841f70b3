/**
 * Errors that end an operation. What can go wrong with one row is a value (see domain/score.ts) and never
 * throws; these are for broken machinery and for requests that cannot be carried out at all.
 */

/** Stable, machine-readable causes. The CLI maps every one of them to exit code 2, `internal` to 1. */
export const ERROR_CODES = [
  /** An option is missing, unknown, unusable, or does not apply; `option` names it. */
  'invalid_option',
  /** The dataset cannot be opened or is not one we can read. */
  'dataset_unreadable',
  /** The dataset can be read, but holds no row that can be scored; the message says what it holds instead. */
  'nothing_scorable',
  /** With `strict`: a row is malformed; the message names file and line. */
  'row_rejected',
  /** A template name or file is unknown or unusable. */
  'invalid_template',
  /** The student file is missing, no GGUF, damaged, or not a causal language model. */
  'model_unloadable',
  /** The requested device does not exist or its back end could not be loaded. */
  'device_unavailable',
  /** Weights, cache or batch do not fit into memory. */
  'out_of_memory',
  /** The output cannot be written, or would overwrite something. */
  'output_unwritable',
  /** There is work to resume, but it was done under other parameters. */
  'resume_mismatch',
  /** The compiled addon or llama.cpp's libraries are missing or do not fit. */
  'native_unavailable',
  /** A scoring job breaks the engine's contract (token out of range, empty span, ...). */
  'invalid_job',
  /** The model or session was closed before the call. */
  'closed',
  /** The caller's AbortSignal fired. */
  'aborted',
  /** llama.cpp failed while decoding. */
  'decode_failed',
  /** The process that ran a student on one of several devices has ended by itself. */
  'worker_lost',
  /** The teacher's server gives no answer: it is down, out of reach, or failing at every request. */
  'teacher_unreachable',
  /** The teacher's server lets nothing through because of its rate limit, for longer than a run waits. */
  'teacher_rate_limited',
  /** The teacher's server wants a key, or does not accept the one it got. */
  'teacher_unauthorized',
  /** The teacher's server answers, but has no such model or does not speak the protocol. */
  'teacher_unusable',
  /** The next request to the teacher could exceed a limit on cost or tokens, or the provider's quota is used up. */
  'budget_exhausted',
  /** A journal of a teacher's replies, or the state of a batch, cannot be read. */
  'journal_unreadable',
  /** A defect of ours. */
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ErrorDetails {
  /** What the user can do about it, as one sentence. */
  readonly remedy?: string;
  /** The option at fault, by its name in the library and in config files. */
  readonly option?: string;
  readonly cause?: unknown;
}

/**
 * The one error class of the public API: a sentence for people, a `code` for programs, the cause kept. Options stand in
 * its sentences under their names in the library, in back ticks.
 */
export class ReflectionError extends Error {
  override readonly name = 'ReflectionError';
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly option: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.remedy = details.remedy;
    this.option = details.option;
  }
}
