import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addOptions } from '../../../src/cli/options/add-options.js';
import { readSettings } from '../../../src/cli/options/read-settings.js';
import type { ConfigurableCommand } from '../../../src/options/config.js';
import { EXAMPLE_DATASET, TINY_STUDENT } from '../../helpers/paths.js';
import { refusalOf, runCli, runCliWell } from '../../helpers/run-cli.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'read-settings-'));
});
afterEach(() => rm(directory, { recursive: true }));

const path = (name: string) => join(directory, name);
const write = (name: string, text: string) => writeFile(path(name), text);

/** What a command makes of flags and a config file. */
async function settingsOf(name: ConfigurableCommand, config: object, ...flags: string[]) {
  await write('config.json', JSON.stringify(config));
  const command = addOptions(new Command(name), name).exitOverride();
  command.parse([...flags, '--config', path('config.json')], { from: 'user' });
  const [dataset] = command.args;
  return readSettings(name, command, dataset === undefined ? {} : { dataset });
}

const SCORE = { dataset: 'rows.jsonl', student: 'x.gguf' };

describe('readSettings', () => {
  it('puts flags before the command’s section, that before what is for all commands', async () => {
    const config = {
      ...{ ...SCORE, limit: 1, template: 'none', threads: 3, keep: 'all' },
      score: { limit: 2, threads: 4, perToken: true },
      run: { eager: true },
    };
    expect(await settingsOf('score', config, '--limit', '5')).toEqual({
      ...{ ...SCORE, limit: 5, template: 'none', threads: 4, perToken: true },
    });
    expect(await settingsOf('score', SCORE, 'given')).toEqual({ ...SCORE, dataset: 'given' });
  });

  it('takes an output that is for all commands as a run directory', async () => {
    expect(await settingsOf('score', { ...SCORE, output: 'recycled' })).toEqual(SCORE);
    expect(await settingsOf('score', { ...SCORE, score: { output: 'scores.jsonl' } })).toMatchObject({
      output: 'scores.jsonl',
    });
  });

  it('lets a flag overrule what it cannot go with, and refuses two such settings', async () => {
    const forced = { ...SCORE, score: { force: true } };
    expect(await settingsOf('score', forced, '--resume')).toEqual({ ...SCORE, resume: true });
    expect(await settingsOf('score', { ...forced, resume: true })).toEqual({ ...SCORE, force: true });
    await expect(settingsOf('score', { score: { force: true, resume: true } })).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('both resume and force'),
    });
  });

  it('leaves out what is said to all commands but does not apply to this one', async () => {
    const teacher = { teacher: 'openai:x', teacherBatch: true, batchSize: 9, rpm: 7, maxCost: 1 };
    const config = { ...SCORE, ...teacher, device: 'cpu', gpuLayers: 3, template: 'none', output: 'out' };
    const place = { dataset: 'rows.jsonl', output: 'out' };
    expect(await settingsOf('run', config, '--mode', 'score-only')).toEqual({
      ...{ ...place, mode: 'score-only', student: 'x.gguf', device: 'cpu', template: 'none' },
    });
    const { rpm: _, ...batch } = teacher;
    expect(await settingsOf('run', config, '--mode', 'v1')).toEqual({ ...place, ...batch, mode: 'v1' });
    expect(await settingsOf('reflect', config, '--teacher', 'gguf:y.gguf')).toEqual({
      ...{ ...place, teacher: 'gguf:y.gguf' },
    });
    const section = { ...config, reflect: { rpm: 8 } };
    expect(await settingsOf('reflect', section, '--teacher', 'gguf:y.gguf')).toMatchObject({ rpm: 8 });
  });

  it('names what is missing', async () => {
    await expect(settingsOf('score', { student: 'x.gguf' })).rejects.toMatchObject({ option: 'dataset' });
    await expect(settingsOf('score', { dataset: 'x' })).rejects.toMatchObject({ option: 'student' });
    await expect(settingsOf('reflect', { dataset: 'x', output: 'y' })).rejects.toMatchObject({
      option: 'teacher',
    });
  });
});

describe('a config file', () => {
  it('in TypeScript is read by every command that takes settings', async () => {
    await write('settings.ts', 'export const STUDENT: string = process.env.TEST_STUDENT!;');
    await write(
      'reflection-tuning.config.ts',
      `import { STUDENT } from './settings.js';
       enum Device { Cpu = 'cpu' }
       const common = { student: STUDENT, device: Device.Cpu, threads: 1, limit: 2 } as const;
       export default {
         ...common,
         dataset: ${JSON.stringify(EXAMPLE_DATASET)},
         score: { output: 'scores.jsonl', metrics: ['ifd'] },
         select: { importScores: ['scores.jsonl'], output: 'selected.json', maxIfd: Infinity },
         run: { mode: 'score-only' as const, output: 'rated' },
         reflect: { output: 'reflected' },
       };`,
    );
    process.env.TEST_STUDENT = TINY_STUDENT;
    const here = { cwd: directory };
    await runCliWell(['score'], here);
    expect((await readFile(path('scores.jsonl'), 'utf8')).split('\n')).toHaveLength(3);
    await runCliWell(['select'], here);
    expect(JSON.parse(await readFile(path('selected.json'), 'utf8'))).toHaveLength(2);
    await runCliWell(['run', '--limit', '1'], here);
    expect(JSON.parse(await readFile(path('rated/summary.json'), 'utf8'))).toMatchObject({ rows: 1 });
    expect(refusalOf(await runCli(['reflect'], here)).message).toContain('--teacher is missing');
  });

  it('that cannot be used is refused, naming what is wrong in it', async () => {
    const here = { cwd: directory };
    await write('reflection-tuning.config.ts', 'export default { score: { tempo: 1, limit: 0 } };');
    const { message } = refusalOf(await runCli(['score', EXAMPLE_DATASET], here));
    expect(message).toContain('"score.limit"');
    expect(message).toContain('"score.tempo" is no option');
    await write('broken.ts', 'export default {');
    const broken = refusalOf(await runCli(['score', EXAMPLE_DATASET, '--config', 'broken.ts'], here));
    expect(broken.message).toContain('broken.ts cannot be loaded');
    await write('none.ts', 'export const settings = 1;');
    refusalOf(await runCli(['score', EXAMPLE_DATASET, '--config', 'none.ts'], here));
    const gone = refusalOf(await runCli(['score', EXAMPLE_DATASET, '--config', 'gone.json'], here));
    expect(gone.message).toContain('gone.json cannot be loaded');
  });
});
