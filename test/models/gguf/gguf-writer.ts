import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type GgufMetadata, string, u32, u64 } from './gguf-value.js';
import { TENSOR_TYPES, type TensorType } from './tensor-type.js';

export interface TensorSpec {
  readonly name: string;
  /** ggml's order: the contiguous dimension first. A weight matrix is [inputs, outputs]. */
  readonly dims: readonly number[];
  readonly type: TensorType;
  /** Fills `chunk` with the weights from flat index `first` on; chunks are asked for in any size and order. */
  readonly fill: (chunk: Float32Array, first: number) => void;
}

/** Everything a GGUF file holds. */
export interface GgufSpec {
  readonly metadata: GgufMetadata;
  readonly tensors: readonly TensorSpec[];
}

const ALIGNMENT = 32;
/** 1 MiB of floats at a time; a multiple of every block size. */
const CHUNK_LENGTH = 2 ** 18;

/**
 * Writes a GGUF version 3 file, tensor by tensor, so that memory use stays at a few MiB whatever the model's size.
 * The file appears under `path` only when it is complete, replacing what was there; missing folders are made.
 * @throws RangeError when a tensor's rows do not hold whole blocks of its type.
 */
export async function writeGguf(path: string, spec: GgufSpec): Promise<void> {
  const header = encodeHeader(spec);
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    const file = await open(partial, 'wx');
    try {
      await writePadded(file, [header]);
      for (const tensor of spec.tensors) await writePadded(file, encodedChunks(tensor));
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Everything before the tensor data: magic, version, metadata and the table of tensors. */
export function encodeHeader({ metadata, tensors }: GgufSpec): Buffer {
  const parts = [Buffer.from('GGUF'), u32(3).bytes, u64(tensors.length), u64(metadata.length)];
  for (const [key, value] of metadata) parts.push(string(key).bytes, u32(value.type).bytes, value.bytes);
  let offset = 0;
  for (const tensor of tensors) {
    const { name, dims, type } = tensor;
    parts.push(string(name).bytes, u32(dims.length).bytes, ...dims.map(u64));
    parts.push(u32(TENSOR_TYPES[type].id).bytes, u64(offset));
    offset += byteLength(tensor) + padding(byteLength(tensor));
  }
  return Buffer.concat(parts);
}

/** Weights in the tensor. */
export function elementCount({ dims }: Pick<TensorSpec, 'dims'>): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

function byteLength(tensor: TensorSpec): number {
  const { blockSize, blockBytes } = TENSOR_TYPES[tensor.type];
  const rowLength = tensor.dims[0] ?? 1;
  if (rowLength % blockSize !== 0) {
    throw new RangeError(`${tensor.name}: rows of ${rowLength} are not whole ${tensor.type} blocks`);
  }
  return (elementCount(tensor) / blockSize) * blockBytes;
}

function* encodedChunks(tensor: TensorSpec): Generator<Uint8Array> {
  const count = elementCount(tensor);
  const chunk = new Float32Array(Math.min(count, CHUNK_LENGTH));
  for (let first = 0; first < count; first += CHUNK_LENGTH) {
    const values = chunk.subarray(0, count - first);
    tensor.fill(values, first);
    yield TENSOR_TYPES[tensor.type].encode(values);
  }
}

async function writePadded(file: FileHandle, chunks: Iterable<Uint8Array>): Promise<void> {
  let written = 0;
  for (const chunk of chunks) {
    await file.writeFile(chunk);
    written += chunk.length;
  }
  await file.writeFile(Buffer.alloc(padding(written)));
}

function padding(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;
}
