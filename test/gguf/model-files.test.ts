import { copyFile, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Student } from '../../src/engine/student.js';
import { modelFiles } from '../../src/gguf/model-files.js';
import { TINY_STUDENT } from '../helpers/paths.js';
import { writeGguf } from '../models/gguf/gguf-writer.js';
import { SMALL_MODEL, writeSplit } from './fixtures/split-model.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'model-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

const refusal = (path: string) =>
  modelFiles(path).then(
    (files) => files,
    (error) => error,
  );

describe('the files of a model', () => {
  it('are all of a split one, as llama.cpp finds them', async () => {
    const paths = await writeSplit(directory, 'some model', SMALL_MODEL);
    expect(await modelFiles(paths[0]!)).toEqual(paths);

    const whole = join(directory, 'whole.gguf');
    await writeGguf(whole, SMALL_MODEL);
    await using split = await Student.load({ model: paths[0]!, device: 'cpu' });
    await using student = await Student.load({ model: whole, device: 'cpu' });
    const requests = [{ tokens: Int32Array.of(1, 5, 9, 700, 3), begin: 1, end: 5 }];
    expect(await split.score(requests)).toEqual(await student.score(requests));
  });

  it('are the one file of any other, whatever its name', async () => {
    expect(await modelFiles(TINY_STUDENT)).toEqual([TINY_STUDENT]);
    const named = join(directory, 'model-00002-of-00005.gguf');
    await copyFile(TINY_STUDENT, named);
    expect(await modelFiles(named)).toEqual([named]);
    const [single] = await writeSplit(directory, 'single', SMALL_MODEL, 1);
    expect(await modelFiles(single!)).toEqual([single]);
  });

  it('are refused by name when one is missing, also by a student', async () => {
    const paths = await writeSplit(directory, 'model', SMALL_MODEL);
    await rm(paths[1]!);
    const expected = {
      name: 'ReflectionError',
      code: 'model_unloadable',
      message: expect.stringContaining(`${paths[1]} is missing`),
      remedy: expect.any(String),
    };
    expect(await refusal(paths[0]!)).toMatchObject(expected);
    for (const checkFile of [true, false]) {
      await expect(Student.load({ model: paths[0]!, device: 'cpu', checkFile })).rejects.toMatchObject(
        expected,
      );
    }
  });

  it('are asked for by the first', async () => {
    const paths = await writeSplit(directory, 'model', SMALL_MODEL);
    expect(await refusal(paths[2]!)).toMatchObject({
      code: 'model_unloadable',
      message: expect.stringContaining('is file 3 of 3'),
      remedy: `pass the first one: ${paths[0]}`,
    });
  });

  it('have the names they were made with', async () => {
    const [first] = await writeSplit(directory, 'model', SMALL_MODEL);
    const renamed = join(directory, 'model-00001-of-00007.gguf');
    await rename(first!, renamed);
    expect(await refusal(renamed)).toMatchObject({
      code: 'model_unloadable',
      message: expect.stringContaining('file 1 of 3'),
      remedy: expect.stringContaining('-00001-of-00003.gguf'),
    });
  });

  it('are not looked for in a damaged file', async () => {
    const [first] = await writeSplit(directory, 'model', SMALL_MODEL);
    const bytes = await readFile(first!);
    for (const length of [0, 3, 10, 24, 40, 2000]) {
      await truncate(first!, length);
      expect(await refusal(first!)).toMatchObject({ code: 'model_unloadable' });
      await writeFile(first!, bytes);
    }
    // every length and count of the metadata in turn, as large as it gets
    for (let at = 16; at < 400; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged.fill(0xff, at, at + 8);
      await writeFile(first!, damaged);
      const result = await refusal(first!);
      if (!Array.isArray(result)) expect(result).toMatchObject({ code: 'model_unloadable' });
    }
    expect(await refusal(join(directory, 'none-00001-of-00002.gguf'))).toMatchObject({
      code: 'model_unloadable',
      message: expect.stringContaining('no such file'),
    });
  });

  it('are not read on after an abort', async () => {
    const [first] = await writeSplit(directory, 'model', SMALL_MODEL);
    await expect(modelFiles(first!, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
  });
});
