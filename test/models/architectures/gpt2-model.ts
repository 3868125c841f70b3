import { f32, string, u32 } from '../gguf/gguf-value.js';
import type { GgufSpec, TensorSpec } from '../gguf/gguf-writer.js';
import { byteLevelVocabulary } from '../vocabulary/byte-level-vocabulary.js';
import { RandomWeights, type WeightOptions } from './random-weights.js';

export interface Gpt2Options extends WeightOptions {
  readonly layers: number;
  /** Width of the hidden state; a multiple of `heads`. */
  readonly width: number;
  readonly heads: number;
  readonly vocab: number;
  /** Rows of the learned position table: no position beyond it exists. */
  readonly context: number;
  /** Gives the output head its own weights instead of the token table's. Default false. */
  readonly untied?: boolean;
}

const END_OF_TEXT = '<|endoftext|>';

/**
 * A GPT-2: learned positions, layer norms and biases, fused qkv, GELU. Its tokenizer names an end token only: there
 * is no key for a begin token and none is added to texts.
 */
export function gpt2Model(options: Gpt2Options): GgufSpec {
  const { layers, width, heads, vocab, context, type, untied = false } = options;
  const weights = new RandomWeights(options);
  return {
    metadata: [
      ['general.architecture', string('gpt2')],
      ['general.name', string(`Random GPT-2 ${layers}x${width} ${type}`)],
      ['gpt2.block_count', u32(layers)],
      ['gpt2.context_length', u32(context)],
      ['gpt2.embedding_length', u32(width)],
      ['gpt2.feed_forward_length', u32(4 * width)],
      ['gpt2.attention.head_count', u32(heads)],
      ['gpt2.attention.layer_norm_epsilon', f32(1e-5)],
      ...byteLevelVocabulary({
        pre: 'gpt-2',
        size: vocab,
        controls: [END_OF_TEXT],
        specials: { eos: END_OF_TEXT },
      }),
    ],
    tensors: [
      weights.embedding('token_embd.weight', width, vocab),
      weights.embedding('position_embd.weight', width, context, 'F32'),
      ...Array.from({ length: layers }, (_, layer) => block(weights, layer, width)).flat(),
      ...weights.layerNorm('output_norm', width),
      ...(untied ? [weights.embedding('output.weight', width, vocab)] : []),
    ],
  };
}

function block(weights: RandomWeights, layer: number, width: number): readonly TensorSpec[] {
  const prefix = `blk.${layer}`;
  return [
    ...weights.layerNorm(`${prefix}.attn_norm`, width),
    ...weights.linearWithBias(`${prefix}.attn_qkv`, width, 3 * width),
    ...weights.linearWithBias(`${prefix}.attn_output`, width, width),
    ...weights.layerNorm(`${prefix}.ffn_norm`, width),
    ...weights.linearWithBias(`${prefix}.ffn_up`, width, 4 * width),
    ...weights.linearWithBias(`${prefix}.ffn_down`, 4 * width, width),
  ];
}
