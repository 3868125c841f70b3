import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { optionProblems, optionRefusal } from '../options/option-problems.js';
import { OPTIONS, type Options } from '../options/option-table.js';
import { MOST_THREADS } from '../options/value.js';
import { HEADS, type HeadChoice } from './head.js';
import type { ModelDescription } from './model-description.js';

export const KERNEL_CHOICES = ['auto', 'stock'] as const;
export type KernelChoice = (typeof KERNEL_CHOICES)[number];

/** Options of scoring that are the engine's as well; what they mean and how they are bounded is in the one table. */
export const SHARED_OPTIONS = [
  'device',
  'gpuLayers',
  'precision',
  'threads',
  'batchTokens',
  'maxLength',
  'deterministic',
  'checkFile',
] as const;

export interface StudentOptions extends Options<(typeof SHARED_OPTIONS)[number]> {
  /** Path of the GGUF file. */
  readonly model: string;
  /**
   * Decodes under way at once, each with its share of the threads and a cache of its own. Default: on a CPU one a
   * thread while their caches stay small, on a GPU one.
   */
  readonly contexts?: number | undefined;
  /** Decode prefixes that sequences share once. Default true; changes no result beyond rounding. */
  readonly sharePrefixes?: boolean | undefined;
  /**
   * Calls of `score` share no batches with one another, so that what a call returns has the same bits whatever is scored
   * before, beside or after it. Default false: batches are filled from all calls under way, which small calls need.
   */
  readonly independentCalls?: boolean | undefined;
  /** How log-probs are taken from hidden states; `auto` unless the paths are to be compared. */
  readonly head?: HeadChoice | undefined;
  /** `auto`: our own matrix kernels on a CPU that has them; `stock`: ggml's, to compare the two. */
  readonly kernels?: KernelChoice | undefined;
  readonly signal?: AbortSignal | undefined;
}

const { device, gpuLayers, precision, threads, batchTokens, maxLength, deterministic, checkFile } = OPTIONS;

const schema = z.strictObject({
  model: z.string().min(1),
  device: device.value.schema.default(device.default.value),
  gpuLayers: gpuLayers.value.schema.optional(),
  precision: precision.value.schema.default(precision.default.value),
  threads: threads.value.schema.default(availableParallelism()),
  contexts: z.int().min(1).max(MOST_THREADS).optional(),
  batchTokens: batchTokens.value.schema.optional(),
  maxLength: maxLength.value.schema.default(maxLength.default.value),
  sharePrefixes: z.boolean().default(true),
  deterministic: deterministic.value.schema.default(false),
  independentCalls: z.boolean().default(false),
  head: z.enum(['auto', ...HEADS]).default('auto'),
  kernels: z.enum(KERNEL_CHOICES).default('auto'),
  checkFile: checkFile.value.schema.default(checkFile.default.value),
  signal: z.instanceof(AbortSignal).optional(),
});

export type CompleteStudentOptions = z.output<typeof schema>;

/** Fills in defaults; what depends on the model stays open. Throws ReflectionError `invalid_option`. */
export function completeStudentOptions(options: StudentOptions): CompleteStudentOptions {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  throw optionRefusal(optionProblems(result.error, options, () => Object.keys(schema.shape))[0]!);
}

/** Cache that all contexts together may take, by a bound that grouped attention stays well below. */
const CACHE_BYTES = 2 ** 30;
const MOST_CONTEXTS = 16;

/**
 * How many decodes run at once on a CPU: one a thread, while caches stay small. A recurrent model's state does not. Where
 * the number of a context's threads may not show, they all have the same, and as few threads as possible are left over.
 */
export function contextsOnCpu(
  {
    layers,
    width,
    contextLength,
    recurrent,
  }: Pick<ModelDescription, 'layers' | 'width' | 'contextLength' | 'recurrent'>,
  { threads, maxLength, precision, deterministic, independentCalls }: CompleteStudentOptions,
  batchTokens: number,
): number {
  if (recurrent) return 1;
  const cells = Math.min(maxLength, contextLength) + batchTokens;
  const bytesPerValue = precision === 'precise' ? 4 : 2;
  const cacheBytes = cells * layers * width * 2 * bytesPerValue;
  const most = Math.max(1, Math.min(threads, MOST_CONTEXTS, Math.floor(CACHE_BYTES / cacheBytes)));
  if (!deterministic && !independentCalls) return most;
  const leftOver = (contexts: number) => threads % contexts;
  let best = most;
  for (let fewer = most - 1; 2 * fewer >= most; fewer--) if (leftOver(fewer) < leftOver(best)) best = fewer;
  return best;
}
