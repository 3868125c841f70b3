import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readGgufFileInfo } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { array, bool, f32, i32, string, u32 } from './gguf-value.js';
import { type TensorSpec, writeGguf } from './gguf-writer.js';
import { TENSOR_TYPES } from './tensor-type.js';

const METADATA = [
  ['general.architecture', string('gpt2')],
  ['test.u32', u32(4_294_967_295)],
  ['test.i32', i32(-2_147_483_648)],
  ['test.f32', f32(0.25)],
  ['test.bool', bool(true)],
  ['test.text', string('naïve \u2581 🙂')],
  ['test.texts', array([string('a'), string(''), string('Ġb')])],
  ['test.numbers', array([f32(-1), f32(2.5)])],
] as const;

const counting = (chunk: Float32Array, first: number): void => {
  for (let i = 0; i < chunk.length; i++) chunk[i] = ((first + i) % 251) - 125;
};
const tensor = (name: string, dims: readonly number[], type: TensorSpec['type']): TensorSpec => ({
  name,
  dims,
  type,
  fill: counting,
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gguf-writer-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('writeGguf', () => {
  it('writes what an independent reader reads', async () => {
    const path = join(folder, 'new', 'model.gguf');
    // The second tensor is longer than one chunk of the writer; the odd sizes need padding.
    const tensors = [
      tensor('odd', [3], 'F32'),
      tensor('long', [1000, 300], 'F16'),
      tensor('brain', [5, 7], 'BF16'),
      tensor('bytes', [64, 3], 'Q8_0'),
      tensor('nibbles', [32, 5], 'Q4_0'),
    ];
    await writeGguf(path, { metadata: METADATA, tensors });

    const info = await readGgufFileInfo(path, { logWarnings: false });
    expect(info.version).toBe(3);
    expect(info.metadata).toMatchObject({
      general: { architecture: 'gpt2' },
      test: {
        u32: 4_294_967_295,
        i32: -2_147_483_648,
        f32: 0.25,
        bool: true,
        text: 'naïve \u2581 🙂',
        texts: ['a', '', 'Ġb'],
        numbers: [-1, 2.5],
      },
    });
    const bytes = await readFile(path);
    expect(info.tensorInfo).toHaveLength(tensors.length);
    info.tensorInfo?.forEach((found, i) => {
      const { name, dims, type } = tensors[i]!;
      expect(found.name).toBe(name);
      expect(found.dimensions.map(Number)).toEqual(dims);
      expect(found.ggmlType).toBe(TENSOR_TYPES[type].id);
      expect(Number(found.fileOffset) % 32).toBe(0);
      const values = new Float32Array(dims.reduce((a, b) => a * b));
      counting(values, 0);
      const expected = TENSOR_TYPES[type].encode(values);
      const start = Number(found.fileOffset);
      expect(bytes.subarray(start, start + expected.length).equals(expected), name).toBe(true);
    });
    expect(bytes.length % 32).toBe(0);
  });

  it('leaves neither a file nor a partial one behind when it fails, and keeps the old file', async () => {
    const path = join(folder, 'failing', 'model.gguf');
    const good = { metadata: METADATA, tensors: [tensor('good', [32], 'F32')] };
    await writeGguf(path, good);
    const before = await readFile(path);
    const broken: TensorSpec = {
      ...tensor('broken', [32], 'F32'),
      fill: () => {
        throw new Error('no weights');
      },
    };
    await expect(writeGguf(path, { ...good, tensors: [...good.tensors, broken] })).rejects.toThrow(
      'no weights',
    );
    expect(await readdir(join(folder, 'failing'))).toEqual(['model.gguf']);
    expect(await readFile(path)).toEqual(before);
  });

  it('refuses rows that are not whole blocks', async () => {
    const uneven = { metadata: METADATA, tensors: [tensor('uneven', [48, 2], 'Q8_0')] };
    await expect(writeGguf(join(folder, 'uneven.gguf'), uneven)).rejects.toThrow(RangeError);
  });
});

describe('array', () => {
  it('refuses mixed and empty arrays', () => {
    expect(() => array([u32(1), i32(1)])).toThrow(TypeError);
    expect(() => array([])).toThrow(TypeError);
  });
});
