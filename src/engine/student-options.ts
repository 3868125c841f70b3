import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { ReflectionError } from '../errors.js';
import { type DeviceName, isDeviceName } from './devices.js';
import { HEADS, type HeadChoice } from './head.js';
import type { ModelDescription } from './model-description.js';

/**
 * `fast`: the file's own weights, an F16 cache, flash attention where the device has it. `precise`: weights widened
 * to F32 while loading, an F32 cache, no flash attention; costs memory and time, agrees with an F32 reference to
 * about 1e-6 a token.
 */
export const PRECISIONS = ['fast', 'precise'] as const;
export type Precision = (typeof PRECISIONS)[number];

export const KERNEL_CHOICES = ['auto', 'stock'] as const;
export type KernelChoice = (typeof KERNEL_CHOICES)[number];

export interface StudentOptions {
  /** Path of the GGUF file. */
  readonly model: string;
  /** Default `auto`: the first GPU that works, else the CPU. */
  readonly device?: DeviceName;
  /** Layers to keep on the GPU; all of them by default. */
  readonly gpuLayers?: number;
  /** Default `fast`. */
  readonly precision?: Precision;
  /** CPU threads; by default all that the process may use. */
  readonly threads?: number;
  /**
   * Decodes under way at once, each with its share of the threads and a cache of its own. Default: on a CPU one a
   * thread while their caches stay small, on a GPU one.
   */
  readonly contexts?: number;
  /** Tokens of one decode. Default 512 on a CPU, 2048 on a GPU. */
  readonly batchTokens?: number;
  /** Longest sequence in tokens; default 2048. The student's own context is the upper bound. */
  readonly maxLength?: number;
  /** Decode prefixes that sequences share once. Default true; changes no result beyond rounding. */
  readonly sharePrefixes?: boolean;
  /**
   * Decode every sequence by itself, so that what is scored before, after or beside it does not show in a single bit of
   * its numbers, nor do `batchTokens` and, with a thread a context, `threads`. On one device, that is; costs most of what
   * batches and shared prefixes save. Default false.
   */
  readonly deterministic?: boolean;
  /**
   * Keep nothing from one call of `score` to the next, so that what a call returns depends on nothing but the call, as
   * long as there are no more at a time than `parallelism`. Default false: prefixes are kept.
   */
  readonly independentCalls?: boolean;
  /** How log-probs are taken from hidden states; `auto` unless the paths are to be compared. */
  readonly head?: HeadChoice;
  /** `auto`: our own matrix kernels on a CPU that has them; `stock`: ggml's, to compare the two. */
  readonly kernels?: KernelChoice;
  /** Read the file in a throw-away process first, so that damage becomes an error instead of a crash. Default true. */
  readonly checkFile?: boolean;
  readonly signal?: AbortSignal;
}

// threads that have to share a processor spin on each other: a few too many are slow, hundreds stop the machine
const mostThreads = 8 * availableParallelism();

const schema = z.object({
  model: z.string().min(1),
  device: z.custom<DeviceName>((name) => isDeviceName(String(name)), 'no device').default('auto'),
  gpuLayers: z
    .int()
    .min(0)
    .max(1 << 20)
    .optional(),
  precision: z.enum(PRECISIONS).default('fast'),
  threads: z.int().min(1).max(mostThreads).default(availableParallelism()),
  contexts: z.int().min(1).max(mostThreads).optional(),
  batchTokens: z
    .int()
    .min(32)
    .max(1 << 20)
    .optional(),
  maxLength: z
    .int()
    .min(2)
    .max(1 << 24)
    .default(2048),
  sharePrefixes: z.boolean().default(true),
  deterministic: z.boolean().default(false),
  independentCalls: z.boolean().default(false),
  head: z.enum(['auto', ...HEADS]).default('auto'),
  kernels: z.enum(KERNEL_CHOICES).default('auto'),
  checkFile: z.boolean().default(true),
  signal: z.instanceof(AbortSignal).optional(),
});

export type CompleteStudentOptions = z.output<typeof schema>;

/** Fills in defaults; what depends on the model stays open. Throws ReflectionError `invalid_option`. */
export function completeStudentOptions(options: StudentOptions): CompleteStudentOptions {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  const name = path.join('.');
  const value = options[name as keyof StudentOptions];
  throw new ReflectionError('invalid_option', `${name} cannot be ${String(value)} here: ${message}`, {
    remedy: `give another value, or leave ${name} out`,
  });
}

/** Cache that all contexts together may take, by a bound that grouped attention stays well below. */
const CACHE_BYTES = 2 ** 30;
const MOST_CONTEXTS = 16;

/** How many decodes run at once on a CPU: one a thread, while caches stay small. A recurrent model's state does not. */
export function contextsOnCpu(
  { layers, width, contextLength, recurrent }: ModelDescription,
  { threads, maxLength, precision }: CompleteStudentOptions,
  batchTokens: number,
): number {
  if (recurrent) return 1;
  const cells = Math.min(maxLength, contextLength) + batchTokens;
  const bytesPerValue = precision === 'precise' ? 4 : 2;
  const cacheBytes = cells * layers * width * 2 * bytesPerValue;
  return Math.max(1, Math.min(threads, MOST_CONTEXTS, Math.floor(CACHE_BYTES / cacheBytes)));
}
