import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelHash } from '../../src/gguf/model-hash.js';
import { TINY_STUDENT } from '../helpers/paths.js';
import { SMALL_MODEL, writeSplit, writeSplitPair } from './fixtures/split-model.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'model-hash-'));
});
afterEach(() => rm(directory, { recursive: true }));

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

describe('the hash of a model', () => {
  it('is that of its file', async () => {
    expect(await modelHash(TINY_STUDENT)).toBe(sha256(readFileSync(TINY_STUDENT)));
  });

  it('is over those of all files of a split one, wherever they lie', async () => {
    const paths = await writeSplit(directory, 'model', SMALL_MODEL);
    const lines = paths.map((path) => `${sha256(readFileSync(path))}\n`);
    expect(await modelHash(paths[0]!)).toBe(sha256(lines.join('')));

    const elsewhere = join(directory, 'elsewhere');
    await mkdir(elsewhere);
    for (const path of paths) await copyFile(path, join(elsewhere, basename(path)));
    expect(await modelHash(join(elsewhere, basename(paths[0]!)))).toBe(await modelHash(paths[0]!));
  });

  it('tells two models apart that differ in their last file only', async () => {
    const { one, other } = await writeSplitPair(directory);
    expect(readFileSync(one[0]!).equals(readFileSync(other[0]!))).toBe(true);
    expect(await modelHash(one[0]!)).not.toBe(await modelHash(other[0]!));
  });

  it('is refused, by the file that is missing', async () => {
    const paths = await writeSplit(directory, 'model', SMALL_MODEL);
    await rm(paths[2]!);
    for (const [path, missing] of [
      [paths[0]!, paths[2]!],
      [join(directory, 'none.gguf'), join(directory, 'none.gguf')],
    ] as const) {
      await expect(modelHash(path)).rejects.toMatchObject({
        name: 'ReflectionError',
        code: 'model_unloadable',
        message: expect.stringContaining(missing),
        remedy: expect.any(String),
      });
    }
  });

  it('is given up on abort', async () => {
    const paths = await writeSplit(directory, 'model', SMALL_MODEL);
    for (const path of [TINY_STUDENT, paths[0]!]) {
      const controller = new AbortController();
      const hashing = modelHash(path, controller.signal);
      controller.abort();
      await expect(hashing).rejects.toMatchObject({ name: 'ReflectionError', code: 'aborted' });
    }
  });
});
