import { describe, expect, it } from 'vitest';
import { benchModel } from '../../../bench/models/bench-models.js';
import { elementCount } from '../../models/gguf/gguf-writer.js';

/** Parameter counts of the published checkpoints. */
const PARAMETERS = { 'gpt2-124m': 124_439_808, 'qwen2-0.5b': 494_032_768 } as const;

describe('benchModel', () => {
  it.each(['gpt2-124m', 'qwen2-0.5b'] as const)('%s has as many weights as the published model', (shape) => {
    const { tensors } = benchModel(shape, 'Q8_0');
    expect(tensors.reduce((sum, tensor) => sum + elementCount(tensor), 0)).toBe(PARAMETERS[shape]);
  });
});
