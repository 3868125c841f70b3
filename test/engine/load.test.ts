import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TINY_STUDENT } from '../helpers/paths.js';
import { tinyModel } from '../models/tiny-models.js';
import { openStudent } from './fixtures/open-student.js';

describe('loading a student', () => {
  let folder: string;
  let whole: Buffer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'student-'));
    whole = await readFile(TINY_STUDENT);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const fileOf = async (name: string, content: Buffer | string) => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };

  const expectUnloadable = (model: string, reason: RegExp) =>
    expect(openStudent({ model, checkFile: true })).rejects.toMatchObject({
      code: 'model_unloadable',
      message: expect.stringMatching(new RegExp(`^${model}: .*${reason.source}`)),
      remedy: expect.any(String),
    });

  it('says what the file says about itself and how it is run', async () => {
    await using student = await openStudent({ checkFile: true });
    expect(student.model).toMatchObject({ architecture: 'llama', quantization: 'F16', vocabSize: 4096 });
    expect(student.engine).toMatchObject({ head: 'chunked', maxLength: 2048, threads: 1, contexts: 1 });
    expect(student.device).toMatchObject({ name: 'CPU', kind: 'cpu' });
    expect(student.precision).toBe('fast');
  });

  it('names the file’s own quantization also when its weights are widened', async () => {
    await using student = await openStudent({ precision: 'precise' });
    expect(student.model.quantization).toBe('F16');
  });

  it('refuses what is no GGUF file', async () => {
    await expectUnloadable(join(folder, 'missing.gguf'), /no such file/);
    await expectUnloadable(folder, /not a file/);
    await expectUnloadable(await fileOf('empty.gguf', ''), /not a GGUF file/);
    await expectUnloadable(await fileOf('text.gguf', 'Once upon a time.'), /not a GGUF file/);
  });

  it.each([4, 100, 5000, 1_000_000])('refuses a file that ends after %d bytes', async (length) => {
    await expectUnloadable(await fileOf(`cut-${length}.gguf`, whole.subarray(0, length)), /./);
  });

  it.each([8, 16, 24])('refuses a file with a wrong byte at %d', async (offset) => {
    const flipped = Buffer.from(whole);
    flipped[offset + 3]! ^= 0x40;
    await expectUnloadable(await fileOf(`flipped-${offset}.gguf`, flipped), /./);
  });

  it.each([true, false])(
    'says more than C++ does of what llama.cpp does not find, checked first: %s',
    async (checkFile) => {
      const model = await tinyModel('named-phi-3');
      await expect(openStudent({ model, checkFile })).rejects.toMatchObject({
        code: 'model_unloadable',
        message: expect.stringMatching(/a token that it expects.*general\.name.*map::at|_Map_base::at/),
        remedy: expect.any(String),
      });
    },
  );

  it('warns of a window that llama.cpp does not apply where a sequence may be longer', async () => {
    const model = await tinyModel('spm-llama-window');
    await using long = await openStudent({ model });
    expect(long.model).toMatchObject({ slidingWindow: 0, ignoredWindow: 64 });
    expect(long.model.warnings).toEqual([expect.stringMatching(/look back over 64 tokens.*`maxLength` 64/)]);
    await using short = await openStudent({ model, maxLength: 64 });
    expect(short.model.warnings).toEqual([]);
  });

  it.each([true, false])('can be called off, file checked first: %s', async (checkFile) => {
    const load = openStudent({ checkFile, signal: AbortSignal.abort() });
    await expect(load).rejects.toMatchObject({ code: 'aborted' });
    const controller = new AbortController();
    const late = openStudent({ checkFile, signal: controller.signal });
    controller.abort();
    await expect(late).rejects.toMatchObject({ code: 'aborted' });
  });

  it.each([
    { threads: 0 },
    { threads: 100_000 },
    { contexts: 0 },
    { contexts: 1.5 },
    { batchTokens: 8 },
    { maxLength: Number.NaN },
    { gpuLayers: -1 },
    { precision: 'slow' },
    { device: 'tpu' },
    { head: 'tail' },
    { model: '' },
  ])('refuses %j, naming the option', async (option) => {
    await expect(openStudent(option as object)).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining(Object.keys(option)[0]!),
    });
  });
});
