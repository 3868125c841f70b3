import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Seen from build/bench/bench/quantized, where this file is compiled to. */
const PROJECT = new URL('../../../../', import.meta.url);
const inProject = (path: string) => fileURLToPath(new URL(path, PROJECT));

/** The types that quantize.cpp knows, which F32 files can be made into. */
export const WEIGHT_TYPES = ['F16', 'BF16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M', 'Q4_0'] as const;
export type WeightType = (typeof WEIGHT_TYPES)[number];
export const QUANTIZED_TYPES = [
  'Q8_0',
  'Q6_K',
  'Q5_K_M',
  'Q4_K_M',
  'Q4_0',
] as const satisfies readonly WeightType[];
export type QuantizedType = (typeof QUANTIZED_TYPES)[number];

/**
 * llama.cpp's own quantizer, compiled on the libraries that the engine runs on, whose package brings no tool for it.
 * Rejects when there is no compiler or the addon, whose build fetches the headers, was never built.
 */
export async function buildQuantizer(): Promise<
  (model: string, output: string, type: WeightType) => Promise<void>
> {
  const paths: typeof import('../../scripts/native-paths.mjs') = await import(
    new URL('scripts/native-paths.mjs', PROJECT).href
  );
  const libraries = paths.librariesDirectory();
  if (libraries === undefined) throw new Error('there are no llama.cpp libraries to build on: run npm ci');
  const linked = (await readdir(libraries)).filter((name) =>
    /^lib(llama|ggml|ggml-base)[.].*(so|dylib)$/.test(name),
  );
  const program = inProject('build/quantized/quantize');
  await mkdir(inProject('build/quantized'), { recursive: true });
  await run('c++', [
    ...['-std=c++17', '-O2', `-I${inProject('build/llama.cpp/include')}`],
    ...[`-I${inProject('build/llama.cpp/ggml/include')}`, inProject('bench/quantized/quantize.cpp')],
    ...['-o', program, ...linked.map((name) => join(libraries, name)), `-Wl,-rpath,${libraries}`],
  ]);
  return async (model, output, type) => {
    await run(program, [model, output, type], { maxBuffer: 1 << 26 });
  };
}
