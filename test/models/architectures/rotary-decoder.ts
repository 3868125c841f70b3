import { f32, type GgufMetadata, string, u32 } from '../gguf/gguf-value.js';
import type { TensorSpec } from '../gguf/gguf-writer.js';
import type { RandomWeights, WeightOptions } from './random-weights.js';

/** What Llama, Qwen2 and Gemma 2 share: rotary positions, RMS norms, grouped-query attention, gated FFN. */
export interface RotaryDecoderOptions extends WeightOptions {
  readonly layers: number;
  /** Width of the hidden state. */
  readonly width: number;
  readonly heads: number;
  /** Key/value heads; `heads` is a multiple of it. */
  readonly kvHeads: number;
  readonly feedForward: number;
  readonly vocab: number;
  /** Trained context length, in tokens. */
  readonly context: number;
  /** Base of the rotary frequencies. Default 10,000. */
  readonly ropeBase?: number;
}

/** How one architecture's blocks differ from Llama's. */
export interface BlockVariant {
  /** Width of one head. Default `width / heads`. */
  readonly headWidth?: number;
  /** Biases on queries, keys and values. */
  readonly qkvBias?: boolean;
  /** A norm after attention and after the FFN, besides those before. */
  readonly postNorms?: boolean;
}

/** The `general` and hyper-parameter keys, under the architecture's own prefix. */
export function decoderMetadata(arch: string, options: RotaryDecoderOptions): GgufMetadata {
  const { layers, width, heads, kvHeads, feedForward, context, ropeBase = 10_000, type } = options;
  return [
    ['general.architecture', string(arch)],
    ['general.name', string(`Random ${arch} ${layers}x${width} ${type}`)],
    [`${arch}.block_count`, u32(layers)],
    [`${arch}.context_length`, u32(context)],
    [`${arch}.embedding_length`, u32(width)],
    [`${arch}.feed_forward_length`, u32(feedForward)],
    [`${arch}.attention.head_count`, u32(heads)],
    [`${arch}.attention.head_count_kv`, u32(kvHeads)],
    [`${arch}.attention.layer_norm_rms_epsilon`, f32(1e-6)],
    [`${arch}.rope.freq_base`, f32(ropeBase)],
  ];
}

/** All blocks, the token table before and the norm after them; an output head of its own is the caller's. */
export function decoderTensors(
  weights: RandomWeights,
  options: RotaryDecoderOptions,
  variant: BlockVariant = {},
): readonly TensorSpec[] {
  const { layers, width, vocab } = options;
  return [
    weights.embedding('token_embd.weight', width, vocab),
    ...Array.from({ length: layers }, (_, layer) => block(weights, `blk.${layer}`, options, variant)).flat(),
    weights.norm('output_norm.weight', width),
  ];
}

function block(
  weights: RandomWeights,
  prefix: string,
  { width, heads, kvHeads, feedForward }: RotaryDecoderOptions,
  { headWidth = width / heads, qkvBias = false, postNorms = false }: BlockVariant,
): readonly TensorSpec[] {
  const projection = (name: string, outputs: number): readonly TensorSpec[] =>
    qkvBias
      ? weights.linearWithBias(`${prefix}.${name}`, width, outputs)
      : [weights.linear(`${prefix}.${name}.weight`, width, outputs)];
  const postNorm = (name: string) => (postNorms ? [weights.norm(`${prefix}.${name}.weight`, width)] : []);
  return [
    weights.norm(`${prefix}.attn_norm.weight`, width),
    ...projection('attn_q', heads * headWidth),
    ...projection('attn_k', kvHeads * headWidth),
    ...projection('attn_v', kvHeads * headWidth),
    weights.linear(`${prefix}.attn_output.weight`, heads * headWidth, width),
    ...postNorm('post_attention_norm'),
    weights.norm(`${prefix}.ffn_norm.weight`, width),
    weights.linear(`${prefix}.ffn_gate.weight`, width, feedForward),
    weights.linear(`${prefix}.ffn_up.weight`, width, feedForward),
    weights.linear(`${prefix}.ffn_down.weight`, feedForward, width),
    ...postNorm('post_ffw_norm'),
  ];
}
