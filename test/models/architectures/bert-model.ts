import { bool, f32, string, u32 } from '../gguf/gguf-value.js';
import type { GgufSpec, TensorSpec } from '../gguf/gguf-writer.js';
import { padTokens, type Token, vocabularyMetadata } from '../vocabulary/vocabulary.js';
import { RandomWeights, type WeightOptions } from './random-weights.js';

export interface BertOptions extends WeightOptions {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly vocab: number;
  readonly context: number;
}

const CONTROLS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** A BERT: an encoder that looks both ways and has no output head, hence gives no token probabilities. */
export function bertModel(options: BertOptions): GgufSpec {
  const { layers, width, heads, vocab, context, type } = options;
  const weights = new RandomWeights(options);
  const tokens = [
    ...CONTROLS.map((text): Token => ({ text, type: 'control' })),
    ...Array.from('abcdefghijklmnopqrstuvwxyz', (text): Token => ({ text: `\u2581${text}`, type: 'normal' })),
  ];
  return {
    metadata: [
      ['general.architecture', string('bert')],
      ['general.name', string(`Random BERT ${layers}x${width} ${type}`)],
      ['bert.block_count', u32(layers)],
      ['bert.context_length', u32(context)],
      ['bert.embedding_length', u32(width)],
      ['bert.feed_forward_length', u32(4 * width)],
      ['bert.attention.head_count', u32(heads)],
      ['bert.attention.layer_norm_epsilon', f32(1e-12)],
      ['bert.attention.causal', bool(false)],
      // 1 is the mean of all tokens' states.
      ['bert.pooling_type', u32(1)],
      ['tokenizer.ggml.model', string('bert')],
      ['tokenizer.ggml.token_type_count', u32(2)],
      ...vocabularyMetadata(padTokens(tokens, vocab), {
        bos: '[CLS]',
        unknown: '[UNK]',
        seperator: '[SEP]',
        padding: '[PAD]',
      }),
    ],
    tensors: [
      weights.embedding('token_embd.weight', width, vocab),
      weights.embedding('token_types.weight', width, 2, 'F32'),
      weights.embedding('position_embd.weight', width, context, 'F32'),
      ...weights.layerNorm('token_embd_norm', width),
      ...Array.from({ length: layers }, (_, layer) => block(weights, `blk.${layer}`, width)).flat(),
    ],
  };
}

function block(weights: RandomWeights, prefix: string, width: number): readonly TensorSpec[] {
  return [
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].flatMap((name) =>
      weights.linearWithBias(`${prefix}.${name}`, width, width),
    ),
    ...weights.layerNorm(`${prefix}.attn_output_norm`, width),
    ...weights.linearWithBias(`${prefix}.ffn_up`, width, 4 * width),
    ...weights.linearWithBias(`${prefix}.ffn_down`, 4 * width, width),
    ...weights.layerNorm(`${prefix}.layer_output_norm`, width),
  ];
}
