import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readGgufFileInfo } from 'node-llama-cpp';
import { ensureBenchModel } from './bench-models.js';
import { type ForwardCost, forwardCost } from './forward-cost.js';

/** Seen from build/bench/bench/models, where this file is compiled to. */
const TINY_STUDENT = new URL('../../../../models/tiny-instruct-5m-f16.gguf', import.meta.url);

/** Models by name: the shapes that speed is measured with, in random weights, and the shipped student. */
export const BENCH_MODELS = {
  'gpt2-f32': () => ensureBenchModel('gpt2-124m', 'F32'),
  'gpt2-f16': () => ensureBenchModel('gpt2-124m', 'F16'),
  'gpt2-q8_0': () => ensureBenchModel('gpt2-124m', 'Q8_0'),
  'qwen2-f16': () => ensureBenchModel('qwen2-0.5b', 'F16'),
  'qwen2-q8_0': () => ensureBenchModel('qwen2-0.5b', 'Q8_0'),
  tiny: async () => fileURLToPath(TINY_STUDENT),
} as const satisfies Record<string, () => Promise<string>>;

export type BenchModelName = keyof typeof BENCH_MODELS;

export interface ResolvedModel {
  readonly name: string;
  readonly path: string;
  /** Of the file. */
  readonly bytes: number;
  readonly cost: ForwardCost;
}

/** A model of ours by its name, generated if need be, or any GGUF file by its path. */
export async function resolveModel(nameOrPath: string): Promise<ResolvedModel> {
  const known = (BENCH_MODELS as Readonly<Record<string, () => Promise<string>>>)[nameOrPath];
  const path = known === undefined ? nameOrPath : await known();
  const { size } = await stat(path);
  const { fullTensorInfo = [] } = await readGgufFileInfo(path, { sourceType: 'filesystem' });
  const name = known === undefined ? basename(path) : nameOrPath;
  return { name, path, bytes: size, cost: forwardCost(fullTensorInfo) };
}
