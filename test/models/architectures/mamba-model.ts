import { f32, string, u32 } from '../gguf/gguf-value.js';
import type { GgufSpec, TensorSpec } from '../gguf/gguf-writer.js';
import { byteLevelVocabulary } from '../vocabulary/byte-level-vocabulary.js';
import { RandomWeights, type WeightOptions } from './random-weights.js';

export interface MambaOptions extends WeightOptions {
  readonly layers: number;
  /** Width of the hidden state; the state-space part is twice as wide. */
  readonly width: number;
  readonly vocab: number;
  /** Trained context length, in tokens. */
  readonly context: number;
}

const CONV_WIDTH = 4;
const STATE_WIDTH = 16;
const END_OF_TEXT = '<|endoftext|>';

/** A Mamba: recurrent, without attention, so that its memory of a text cannot be cut at an earlier token. */
export function mambaModel(options: MambaOptions): GgufSpec {
  const { layers, width, vocab, context, type } = options;
  const stepRank = width / 16;
  const weights = new RandomWeights(options);
  return {
    metadata: [
      ['general.architecture', string('mamba')],
      ['general.name', string(`Random Mamba ${layers}x${width} ${type}`)],
      ['mamba.block_count', u32(layers)],
      ['mamba.context_length', u32(context)],
      ['mamba.embedding_length', u32(width)],
      ['mamba.feed_forward_length', u32(0)],
      ['mamba.attention.head_count', u32(0)],
      ['mamba.attention.layer_norm_rms_epsilon', f32(1e-5)],
      ['mamba.ssm.conv_kernel', u32(CONV_WIDTH)],
      ['mamba.ssm.inner_size', u32(2 * width)],
      ['mamba.ssm.state_size', u32(STATE_WIDTH)],
      ['mamba.ssm.time_step_rank', u32(stepRank)],
      ...byteLevelVocabulary({
        pre: 'gpt-2',
        size: vocab,
        controls: [END_OF_TEXT],
        specials: { bos: END_OF_TEXT, eos: END_OF_TEXT },
      }),
    ],
    tensors: [
      weights.embedding('token_embd.weight', width, vocab),
      ...Array.from({ length: layers }, (_, layer) => block(weights, layer, width, stepRank)).flat(),
      weights.norm('output_norm.weight', width),
    ],
  };
}

function block(
  weights: RandomWeights,
  layer: number,
  width: number,
  stepRank: number,
): readonly TensorSpec[] {
  const prefix = `blk.${layer}`;
  const inner = 2 * width;
  return [
    weights.norm(`${prefix}.attn_norm.weight`, width),
    weights.linear(`${prefix}.ssm_in.weight`, width, 2 * inner),
    weights.tensor(`${prefix}.ssm_conv1d.weight`, [CONV_WIDTH, inner], { std: 0.5 }),
    weights.bias(`${prefix}.ssm_conv1d.bias`, inner),
    weights.linear(`${prefix}.ssm_x.weight`, inner, stepRank + 2 * STATE_WIDTH),
    weights.tensor(`${prefix}.ssm_dt.weight`, [stepRank, inner], { std: 0.5 }),
    // The step is softplus(bias + ...), about 0.1; with the rates below the state remembers 8 to 120 tokens.
    weights.bias(`${prefix}.ssm_dt.bias`, inner, -2),
    { name: `${prefix}.ssm_a`, dims: [STATE_WIDTH, inner], type: 'F32', fill: decayRates },
    weights.norm(`${prefix}.ssm_d`, inner),
    weights.linear(`${prefix}.ssm_out.weight`, inner, width),
  ];
}

/** From -1/16 to -1 along each row: negative, or the state would grow without bound. */
function decayRates(chunk: Float32Array, first: number): void {
  for (let i = 0; i < chunk.length; i++) chunk[i] = -(1 + ((first + i) % STATE_WIDTH)) / STATE_WIDTH;
}
