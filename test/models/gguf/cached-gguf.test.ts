import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gpt2Model } from '../architectures/gpt2-model.js';
import { cachedGguf } from './cached-gguf.js';

const model = (changes: { context?: number; seed?: number } = {}) =>
  gpt2Model({ layers: 1, width: 32, heads: 2, vocab: 300, context: 16, type: 'F32', ...changes });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cached-gguf-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('cachedGguf', () => {
  it('gives concurrent and later callers one file', async () => {
    const paths = await Promise.all([1, 2, 3, 4].map(() => cachedGguf(folder, 'same', model())));
    expect(new Set(paths).size).toBe(1);
    expect(await readdir(folder)).toHaveLength(1);
    const { ino } = await stat(paths[0]!);
    expect((await stat(await cachedGguf(folder, 'same', model()))).ino).toBe(ino);
  });

  it('gives other files for another shape and for other weights', async () => {
    const paths = await Promise.all(
      [model(), model({ context: 32 }), model({ seed: 2 })].map((spec) => cachedGguf(folder, 'x', spec)),
    );
    expect(new Set(paths).size).toBe(3);
  });
});
