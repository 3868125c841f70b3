import type { TensorSpec } from '../gguf/gguf-writer.js';
import type { TensorType } from '../gguf/tensor-type.js';

/** Spread of the logits, in nats: tokens get clearly different log-probs while no single one takes all. */
const LOGIT_STD = 1.5;

export interface WeightOptions {
  /** Storage type of the weight matrices; norms, biases and position tables stay F32. */
  readonly type: TensorType;
  /** Equal seeds give equal files. Default 1. */
  readonly seed?: number;
}

/** Makes a model's random tensors. Each depends on the seed and its own name, not on the others. */
export class RandomWeights {
  readonly #type: TensorType;
  readonly #seed: number;

  constructor({ type, seed = 1 }: WeightOptions) {
    this.#type = type;
    this.#seed = seed;
  }

  /** A linear layer that keeps the variance of its input. */
  linear(name: string, inputs: number, outputs: number): TensorSpec {
    return this.tensor(name, [inputs, outputs], { type: this.#type, std: 1 / Math.sqrt(inputs) });
  }

  /** A linear layer, `name.weight`, and its `name.bias`. */
  linearWithBias(name: string, inputs: number, outputs: number): readonly TensorSpec[] {
    return [this.linear(`${name}.weight`, inputs, outputs), this.bias(`${name}.bias`, outputs)];
  }

  /** Token vectors, scaled so that as an output head over normalised states they give {@link LOGIT_STD}. */
  embedding(name: string, width: number, rows: number, type: TensorType = this.#type): TensorSpec {
    return this.tensor(name, [width, rows], { type, std: LOGIT_STD / Math.sqrt(width) });
  }

  /** A norm's weights: near 1, but not so near that forgetting them would go unnoticed. */
  norm(name: string, width: number): TensorSpec {
    return this.tensor(name, [width], { mean: 1, std: 0.1 });
  }

  /** A layer norm: `name.weight` and `name.bias`. */
  layerNorm(name: string, width: number): readonly TensorSpec[] {
    return [this.norm(`${name}.weight`, width), this.bias(`${name}.bias`, width)];
  }

  bias(name: string, width: number, mean = 0): TensorSpec {
    return this.tensor(name, [width], { mean, std: 0.1 });
  }

  /** Uniform weights of the given mean (default 0) and standard deviation; F32 unless told otherwise. */
  tensor(
    name: string,
    dims: readonly number[],
    { type = 'F32', mean = 0, std }: { type?: TensorType; mean?: number; std: number },
  ): TensorSpec {
    return { name, dims, type, fill: uniform(hash(`${this.#seed}/${name}`), mean, std) };
  }
}

/** A counter-based generator: weight i is a function of the key and i, so any chunk can be made on its own. */
function uniform(key: number, mean: number, std: number): TensorSpec['fill'] {
  const scale = (std * Math.sqrt(12)) / 2 ** 32;
  return (chunk, first) => {
    for (let i = 0; i < chunk.length; i++) {
      chunk[i] = mean + mix(Math.imul(first + i, 0x9e3779b1) ^ key) * scale;
    }
  };
}

function hash(text: string): number {
  let state = 0;
  for (const byte of Buffer.from(text)) state = mix(state ^ byte) + 0x9e3779b9;
  return mix(state);
}

/** MurmurHash3's 32-bit finalizer, a bijection of the signed 32-bit integers. */
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
