import { ERROR_CODES, ReflectionError } from '../../errors.js';
import { defined } from '../../util/defined.js';
import type { EngineStats } from '../engine-stats.js';
import type { StudentFacts } from '../loaded-student.js';
import type { NativeJob, NativeResult, NativeTokenLists } from '../native-binding.js';
import type { TokenizeOptions } from '../scorer.js';
import type { StudentOptions } from '../student-options.js';

/**
 * What a pool and its worker processes say to each other, over Node's channel between parent and child with structured
 * clones: typed arrays cross as bytes. `load` comes first and once.
 */
export type ToWorker =
  | { readonly kind: 'load'; readonly options: Omit<StudentOptions, 'signal'> }
  | {
      readonly kind: 'tokenize';
      readonly id: number;
      readonly texts: readonly string[];
      readonly options: TokenizeOptions;
    }
  | { readonly kind: 'score'; readonly id: number; readonly job: NativeJob }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'loaded'; readonly student: WorkerFacts }
  | { readonly kind: 'refused'; readonly error: PlainError }
  | { readonly kind: 'tokenized'; readonly id: number; readonly lists: NativeTokenLists }
  | {
      readonly kind: 'scored';
      readonly id: number;
      readonly result: NativeResult;
      readonly stats: EngineStats;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly error: PlainError };

/** What a worker's student says about itself, and how many calls it works on at once. */
export type WorkerFacts = StudentFacts & { readonly parallelism: number };

/** A ReflectionError without its class, which no channel carries. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly option?: string;
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof ReflectionError)) return { code: 'internal', message: String(error) };
  const { code, message, remedy, option } = error;
  return { code, message, ...defined({ remedy, option }) };
}

/** The error again, its message saying `where` it happened. */
export function fromPlainError({ code, message, ...details }: PlainError, where: string): ReflectionError {
  const known = ERROR_CODES.find((one) => one === code) ?? 'internal';
  return new ReflectionError(known, `${where}: ${message}`, details);
}
