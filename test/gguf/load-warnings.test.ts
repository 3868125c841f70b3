import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileWarnings } from '../../src/engine/check-model-file.js';
import { loadStudent } from '../../src/engine/load-student.js';
import { loadWarnings } from '../../src/gguf/load-warnings.js';
import { LocalGgufTeacher } from '../../src/teacher/gguf/local-gguf-teacher.js';
import { TINY_STUDENT } from '../helpers/paths.js';
import { writeUnnamedPreTokenizer } from './fixtures/unnamed-pre-tokenizer.js';

describe('what llama.cpp warns of at load', () => {
  it('is told once and without ornaments, in words of our own where they are better', () => {
    expect(
      loadWarnings([
        "load: missing pre-tokenizer type, using: 'default'\n",
        'load:                                             \n',
        'load: ************************************        \n',
        'load: GENERATION QUALITY WILL BE DEGRADED!        \n',
        'load: ************************************        \n',
        "load: missing pre-tokenizer type, using: 'default'\n",
        'load_hparams: Phi SWA is currently disabled - results might be suboptimal for some models\n',
      ]),
    ).toEqual([
      expect.stringMatching(/tokenizer\.ggml\.pre.*Convert the model again/),
      'Phi SWA is currently disabled - results might be suboptimal for some models',
    ]);
  });

  it('counts what it says of each token', () => {
    const about = (token: string) => `load: control-looking token: 12 '${token}' was not control-type`;
    expect(loadWarnings([about('<a>'), about('<b>'), about('<c>')])).toEqual([
      "control-looking token: 12 '<a>' was not control-type (and 2 more of this kind)",
    ]);
  });

  it('leaves out what changes no number', () => {
    const lines = [
      'llama_model_loader: mmap is not supported on this platform\n',
      'model has unused tensor blk.9.weight (size = 12 bytes) -- ignoring\n',
      '\n',
    ];
    expect(loadWarnings(lines)).toEqual([]);
  });
});

describe('a file that does not say how its tokenizer splits text', () => {
  let directory: string;
  let model: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'warnings-'));
    model = await writeUnnamedPreTokenizer(directory);
  });
  afterAll(() => rm(directory, { recursive: true }));

  it.each([{ device: 'cpu' as const }, { devices: ['cpu', 'cpu'] as const }])(
    'is warned of: %j',
    async (place) => {
      await using student = await loadStudent({ model, threads: 1, checkFile: false, ...place });
      expect(student.model.warnings).toEqual([expect.stringContaining('tokenizer.ggml.pre')]);
    },
  );

  it('is warned of when the weights are widened, and no other file is', async () => {
    const load = (path: string) =>
      loadStudent({ model: path, device: 'cpu', threads: 1, checkFile: false, precision: 'precise' });
    await using doubtful = await load(model);
    await using student = await load(TINY_STUDENT);
    expect(doubtful.model.warnings).toHaveLength(1);
    expect(student.model.warnings).toEqual([]);
  });

  it('is warned of also where node-llama-cpp has taken the log to itself', async () => {
    await using teacher = await LocalGgufTeacher.load({
      ...{ modelPath: TINY_STUDENT, device: 'cpu', threads: 1, sequences: 1 },
    });
    expect(teacher.server).toBeNull();
    await using student = await loadStudent({ model, device: 'cpu', threads: 1, checkFile: false });
    expect(student.model.warnings).toHaveLength(1);
  });

  it('is warned of without being loaded here, and so is what keeps that from being found out', async () => {
    expect(await fileWarnings(model)).toEqual([expect.stringContaining('tokenizer.ggml.pre')]);
    expect(await fileWarnings(TINY_STUDENT)).toEqual([]);
    expect(await fileWarnings(join(directory, 'none.gguf'))).toEqual([
      expect.stringContaining('is not known: '),
    ]);
  });
});
