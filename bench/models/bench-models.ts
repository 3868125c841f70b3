import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gpt2Model } from '../../test/models/architectures/gpt2-model.js';
import { qwen2Model } from '../../test/models/architectures/qwen2-model.js';
import { cachedGguf } from '../../test/models/gguf/cached-gguf.js';
import type { GgufSpec } from '../../test/models/gguf/gguf-writer.js';
import type { TensorType } from '../../test/models/gguf/tensor-type.js';

/**
 * Models in their published shapes, with random weights: speed depends on the shape alone. They are made by what makes
 * the models of the tests (test/models), which knows nothing of benchmarks.
 */
const SHAPES = {
  'gpt2-124m': (type) => gpt2Model({ layers: 12, width: 768, heads: 12, vocab: 50_257, context: 1024, type }),
  'qwen2-0.5b': (type) =>
    qwen2Model({
      layers: 24,
      width: 896,
      heads: 14,
      kvHeads: 2,
      feedForward: 4864,
      vocab: 151_936,
      context: 32_768,
      type,
    }),
} as const satisfies Record<string, (type: TensorType) => GgufSpec>;

export type BenchShape = keyof typeof SHAPES;

/** The content of a benchmark model's file. */
export function benchModel(shape: BenchShape, type: TensorType): GgufSpec {
  return SHAPES[shape](type);
}

/**
 * The path of a benchmark model, written on the first call; 0.07 to 2 GB by shape and type.
 * `folder` defaults to `reflection-tuning-bench` in the system's temporary folder.
 */
export async function ensureBenchModel(
  shape: BenchShape,
  type: TensorType,
  folder: string = join(tmpdir(), 'reflection-tuning-bench'),
): Promise<string> {
  return cachedGguf(folder, `${shape}-${type}`, benchModel(shape, type));
}
