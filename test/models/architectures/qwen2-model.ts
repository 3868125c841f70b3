import { bool } from '../gguf/gguf-value.js';
import type { GgufSpec } from '../gguf/gguf-writer.js';
import { type ByteLevelOptions, byteLevelVocabulary } from '../vocabulary/byte-level-vocabulary.js';
import { RandomWeights } from './random-weights.js';
import { decoderMetadata, decoderTensors, type RotaryDecoderOptions } from './rotary-decoder.js';

/** A Qwen2: biases on queries, keys and values, tied head; a begin token is named but not added to texts. */
export function qwen2Model(options: RotaryDecoderOptions & Pick<ByteLevelOptions, 'unreachable'>): GgufSpec {
  return {
    metadata: [
      ...decoderMetadata('qwen2', { ropeBase: 1_000_000, ...options }),
      ...byteLevelVocabulary({
        pre: 'qwen2',
        size: options.vocab,
        controls: ['<|endoftext|>', '<|im_start|>', '<|im_end|>'],
        unreachable: options.unreachable ?? [],
        specials: { bos: '<|endoftext|>', eos: '<|im_end|>', padding: '<|endoftext|>' },
      }),
      ['tokenizer.ggml.add_bos_token', bool(false)],
    ],
    tensors: decoderTensors(new RandomWeights(options), options, { qkvBias: true }),
  };
}
