import { BLOCK_SIZE, Q4_0_BYTES, Q8_0_BYTES, quantizeQ4_0, quantizeQ8_0 } from './block-quantizers.js';
import { toBfloat16, toFloat16 } from './half-float.js';

interface TensorFormat {
  /** ggml's number of the type. */
  readonly id: number;
  /** Weights per block; a tensor's rows hold whole blocks. */
  readonly blockSize: number;
  readonly blockBytes: number;
  /** Converts whole blocks; little-endian like every platform llama.cpp ships for. */
  readonly encode: (values: Float32Array) => Uint8Array;
}

/** The storage types the writer knows. */
export const TENSOR_TYPES = {
  F32: {
    id: 0,
    blockSize: 1,
    blockBytes: 4,
    encode: (values) => new Uint8Array(values.slice().buffer),
  },
  F16: {
    id: 1,
    blockSize: 1,
    blockBytes: 2,
    encode: (values) => encodeHalves(values, toFloat16),
  },
  BF16: {
    id: 30,
    blockSize: 1,
    blockBytes: 2,
    encode: (values) => encodeHalves(values, toBfloat16),
  },
  Q4_0: { id: 2, blockSize: BLOCK_SIZE, blockBytes: Q4_0_BYTES, encode: quantizeQ4_0 },
  Q8_0: { id: 8, blockSize: BLOCK_SIZE, blockBytes: Q8_0_BYTES, encode: quantizeQ8_0 },
} as const satisfies Record<string, TensorFormat>;

export type TensorType = keyof typeof TENSOR_TYPES;

function encodeHalves(values: Float32Array, toBits: (value: number) => number): Uint8Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = toBits(values[i]!);
  return new Uint8Array(out.buffer);
}
