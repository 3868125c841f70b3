import { bool } from '../gguf/gguf-value.js';
import type { GgufSpec } from '../gguf/gguf-writer.js';
import { sentencePieceVocabulary } from '../vocabulary/sentencepiece-vocabulary.js';
import { RandomWeights } from './random-weights.js';
import { decoderMetadata, decoderTensors, type RotaryDecoderOptions } from './rotary-decoder.js';

/** A Llama 2: SentencePiece tokenizer that adds a begin token and a leading space, output head of its own. */
export function spmLlamaModel(options: RotaryDecoderOptions): GgufSpec {
  const weights = new RandomWeights(options);
  return {
    metadata: [
      ...decoderMetadata('llama', options),
      ...sentencePieceVocabulary({
        size: options.vocab,
        controls: ['<unk>', '<s>', '</s>'],
        specials: { unknown: '<unk>', bos: '<s>', eos: '</s>' },
      }),
      ['tokenizer.ggml.add_bos_token', bool(true)],
    ],
    tensors: [
      ...decoderTensors(weights, options),
      weights.embedding('output.weight', options.width, options.vocab),
    ],
  };
}
