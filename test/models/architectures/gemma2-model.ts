import { bool, f32, u32 } from '../gguf/gguf-value.js';
import type { GgufSpec } from '../gguf/gguf-writer.js';
import { sentencePieceVocabulary } from '../vocabulary/sentencepiece-vocabulary.js';
import { RandomWeights } from './random-weights.js';
import { decoderMetadata, decoderTensors, type RotaryDecoderOptions } from './rotary-decoder.js';

export interface Gemma2Options extends RotaryDecoderOptions {
  /** Width of one head; Gemma 2's heads together are not as wide as the hidden state. */
  readonly headWidth: number;
  /** Tokens that the even layers look back. */
  readonly slidingWindow: number;
}

/**
 * A Gemma 2: scaled token vectors, norms on both sides of each part, every other layer with a sliding window,
 * attention scores capped at 50 and logits at 30 by tanh, tied head.
 */
export function gemma2Model(options: Gemma2Options): GgufSpec {
  const { headWidth, slidingWindow } = options;
  return {
    metadata: [
      ...decoderMetadata('gemma2', options),
      ['gemma2.attention.key_length', u32(headWidth)],
      ['gemma2.attention.value_length', u32(headWidth)],
      ['gemma2.attention.sliding_window', u32(slidingWindow)],
      ['gemma2.attn_logit_softcapping', f32(50)],
      ['gemma2.final_logit_softcapping', f32(30)],
      ...sentencePieceVocabulary({
        size: options.vocab,
        controls: ['<pad>', '<eos>', '<bos>', '<unk>'],
        specials: { padding: '<pad>', eos: '<eos>', bos: '<bos>', unknown: '<unk>' },
      }),
      ['tokenizer.ggml.add_bos_token', bool(true)],
      ['tokenizer.ggml.add_space_prefix', bool(false)],
    ],
    tensors: decoderTensors(new RandomWeights(options), options, { headWidth, postNorms: true }),
  };
}
