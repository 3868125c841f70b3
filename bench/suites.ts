import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBenchModel } from './models/bench-models.js';

/** The package's root, seen from build/bench/bench. */
const ROOT = new URL('../../../', import.meta.url);

export const RESULTS_FOLDER = fileURLToPath(new URL('bench/results', ROOT));
export const EXAMPLE_DATA = fileURLToPath(new URL('examples/instructions.jsonl', ROOT));

interface BenchModel {
  readonly path: () => Promise<string>;
  /** Whether the targets for speed hold for it. */
  readonly hasTargets: boolean;
}

export const BENCH_MODELS = {
  'gpt2-f16': { path: () => ensureBenchModel('gpt2-124m', 'F16'), hasTargets: true },
  'gpt2-f32': { path: () => ensureBenchModel('gpt2-124m', 'F32'), hasTargets: true },
  'gpt2-q8_0': { path: () => ensureBenchModel('gpt2-124m', 'Q8_0'), hasTargets: false },
  tiny: {
    path: async () => fileURLToPath(new URL('models/tiny-instruct-5m-f16.gguf', ROOT)),
    hasTargets: false,
  },
} as const satisfies Record<string, BenchModel>;

export interface SuiteModel {
  /** As {@link resolveModel} takes it. */
  readonly model: string;
  /** Samples scored by the contenders that are quick. */
  readonly rows: number;
}

interface Suite {
  readonly models: readonly SuiteModel[];
  readonly slowRows: number;
  readonly promptsPerThread: number;
  readonly trials: number;
}

export const ALL_ROWS = Number.MAX_SAFE_INTEGER;

export const SUITES = {
  quick: {
    // Of the examples, those before the first very long answer, which alone would be a third of the work.
    models: [
      { model: 'gpt2-f16', rows: 22 },
      { model: 'tiny', rows: ALL_ROWS },
    ],
    slowRows: 2,
    promptsPerThread: 3,
    trials: 3,
  },
  full: {
    models: Object.keys(BENCH_MODELS).map((model) => ({
      model,
      rows: ALL_ROWS,
    })),
    slowRows: 8,
    promptsPerThread: 6,
    trials: 5,
  },
} as const satisfies Record<string, Suite>;

export type SuiteName = keyof typeof SUITES;

export interface ResolvedModel {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  readonly hasTargets: boolean;
}

/** A model of ours by its name, generated if need be, or any GGUF file by its path. */
export async function resolveModel(nameOrPath: string): Promise<ResolvedModel> {
  const known = (BENCH_MODELS as Readonly<Record<string, BenchModel>>)[nameOrPath];
  const path = known === undefined ? nameOrPath : await known.path();
  const { size } = await stat(path);
  return {
    name: known === undefined ? basename(path) : nameOrPath,
    path,
    bytes: size,
    hasTargets: known?.hasTargets ?? false,
  };
}
