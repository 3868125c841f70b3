import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addConfigOption, readSettings } from '../../../src/cli/options/read-settings.js';
import { EXAMPLE_DATASET, TINY_STUDENT } from '../../helpers/paths.js';
import { refusalOf, runCli, runCliWell } from '../../helpers/run-cli.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'read-settings-'));
});
afterEach(() => rm(directory, { recursive: true }));

const path = (name: string) => join(directory, name);
const write = (name: string, text: string) => writeFile(path(name), text);

/** What `score` makes of flags and a config file. */
async function scoreSettings(config: object, ...flags: string[]) {
  await write('config.json', JSON.stringify(config));
  const command = new Command('score')
    .argument('[dataset]')
    .option('-o, --output <file>')
    .option('--template <name>', 'which', 'alpaca')
    .option('--limit <rows>', 'how many', Number)
    .addOption(new Option('--resume').conflicts('force'))
    .option('--force');
  addConfigOption(command).parse([...flags, '--config', path('config.json')], { from: 'user' });
  return readSettings('score', command, { dataset: command.args[0] });
}

describe('readSettings', () => {
  it('puts flags before the command’s section, that before what is for all commands, defaults last', async () => {
    const config = {
      ...{ dataset: 'common', limit: 1, template: 'none', threads: 3, keep: 'all' },
      score: { limit: 2, threads: 4, perToken: true },
      run: { eager: true },
    };
    expect(await scoreSettings(config, '--limit', '5')).toEqual({
      ...{ dataset: 'common', limit: 5, template: 'none', threads: 4, perToken: true },
    });
    expect(await scoreSettings({}, 'given')).toEqual({ dataset: 'given', template: 'alpaca' });
  });

  it('takes an output that is for all commands as a run directory', async () => {
    expect(await scoreSettings({ output: 'recycled' })).toEqual({ template: 'alpaca' });
    expect(await scoreSettings({ score: { output: 'scores.jsonl' } })).toMatchObject({
      output: 'scores.jsonl',
    });
  });

  it('lets a flag overrule what it cannot go with, and refuses two such settings', async () => {
    expect(await scoreSettings({ score: { force: true } }, '--resume')).toMatchObject({ resume: true });
    expect(await scoreSettings({ score: { force: true } }, '--resume')).not.toHaveProperty('force');
    expect(await scoreSettings({ resume: true, score: { force: true } })).not.toHaveProperty('resume');
    await expect(scoreSettings({ score: { force: true, resume: true } })).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('both resume and force'),
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
    expect(refusalOf(await runCli(['reflect'], here)).message).toContain('needs a teacher');
  });

  it('that cannot be used is refused, naming what is wrong in it', async () => {
    const here = { cwd: directory };
    await write('reflection-tuning.config.ts', 'export default { score: { tempo: 1, limit: 0 } };');
    const { message } = refusalOf(await runCli(['score', EXAMPLE_DATASET], here));
    expect(message).toContain('"score.limit"');
    expect(message).toContain('"score.tempo" is no setting');
    await write('broken.ts', 'export default {');
    const broken = refusalOf(await runCli(['score', EXAMPLE_DATASET, '--config', 'broken.ts'], here));
    expect(broken.message).toContain('broken.ts cannot be loaded');
    await write('none.ts', 'export const settings = 1;');
    refusalOf(await runCli(['score', EXAMPLE_DATASET, '--config', 'none.ts'], here));
    const gone = refusalOf(await runCli(['score', EXAMPLE_DATASET, '--config', 'gone.json'], here));
    expect(gone.message).toContain('gone.json cannot be loaded');
  });
});
