import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gate } from '../helpers/gate.js';
import { PROJECT_ROOT } from '../helpers/paths.js';
import { refusalOf, runCli, runCliWell, startCli, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import { until } from '../helpers/until.js';
import { RecycleFixture, shortRows } from '../recycle/recycle-fixture.js';
import { type RecyclingTeacher, startRecyclingTeacher } from '../recycle/recycling-teacher.js';
import { surviveKills } from './fixtures/survive-kills.js';

/** More than one window of rows. */
const ROWS = 34;

/** Says that a signal has come, just before whoever else listens hears of it. */
const TELLS_SIGNALS = `data:text/javascript,process.on('SIGINT', () => console.error('signalled'))`;

let fixture: RecycleFixture;
let teacher: RecyclingTeacher;
beforeEach(async () => {
  fixture = await RecycleFixture.create();
  teacher = await startRecyclingTeacher();
});
afterEach(async () => {
  await teacher[Symbol.asyncDispose]();
  await fixture.remove();
});

function runArguments(output: string, { baseUrl } = teacher): string[] {
  const model = ['--teacher', 'openai:scripted', '--base-url', baseUrl];
  return ['run', fixture.dataset, '-o', fixture.path(output), ...TINY_ON_ONE_THREAD, ...model];
}

describe('run', () => {
  it('survives kill -9 at any step: no reply is paid for twice, and the outputs are the same', () =>
    surviveKills(3));

  it('is told to stop by Ctrl-C, is refused to others, and is seen by status', async () => {
    await fixture.writeRows(await shortRows(ROWS));
    // Two replies, and none before the signal has arrived.
    const signalled = gate();
    await using teacher = await startRecyclingTeacher(async () => {
      if (teacher.asked.length > 2) await signalled.opened;
      return undefined;
    });
    const { child, ended } = startCli(runArguments('run', teacher), { preload: TELLS_SIGNALS });
    child.stderr!.on('data', (text: string) => text.includes('signalled') && signalled.open());
    await until(() => teacher.asked.length > 2 || child.exitCode !== null);
    const second = refusalOf(await runCli(runArguments('run', teacher)));
    expect(second.message).toContain(`Process ${child.pid} on`);
    expect((await runCli(['status', fixture.path('run')])).stdout).toContain(`process ${child.pid}`);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain('the same command goes on from here');
    const { stdout } = await runCliWell(['status', fixture.path('run')]);
    expect(stdout).toContain('stopped before its end');
  });

  it('takes its settings from a config file, but flags win', async () => {
    await fixture.writeRows(await shortRows(2));
    const [, dataset, , output, , student] = runArguments('run');
    const settings = { dataset, student, threads: 1, device: 'cpu', baseUrl: teacher.baseUrl, maxIfd: 0.001 };
    await writeFile(
      fixture.path('reflection-tuning.config.js'),
      `module.exports = { ...${JSON.stringify(settings)}, teacher: 'openai:' + 'scripted' };`,
    );
    const cwd = fixture.directory;
    await runCliWell(['run', '-o', output!, '--keep', 'all', '--max-ifd', '1000'], { cwd });
    const manifest = JSON.parse(await fixture.output('manifest.json'));
    const place = teacher.baseUrl.replace('127.0.0.1', 'localhost');
    expect(manifest).toMatchObject({ teacher: { teacher: `openai:scripted@${place}` } });
    expect(manifest.selection).toMatchObject({ keep: 'all', max_ifd: '1000' });

    await writeFile(fixture.path('bad.json'), '{"keep": "some", "tempo": 1}');
    const { message } = refusalOf(await runCli(['run', '--config', 'bad.json'], { cwd }));
    expect(message).toContain('"tempo" is no option');
    expect(message).toContain('"keep"');
  });

  it('asks for nothing that the reflect stage has made', async () => {
    await fixture.writeRows(await shortRows(2));
    const model = ['--teacher', 'openai:scripted', '--base-url', teacher.baseUrl];
    const stage = ['reflect', fixture.dataset, '-o', fixture.path('run')];
    const { stdout } = await runCliWell([...stage, ...model]);
    expect(stdout).toContain(fixture.path('run/reflected.jsonl'));
    await runCliWell(runArguments('run'));
    expect(teacher.asked).toHaveLength(6);
    expect(refusalOf(await runCli(stage)).message).toMatch(/^--teacher is missing/);
  });

  it('is explained row by row', async () => {
    await fixture.writeRows(await shortRows(2));
    await runCliWell(runArguments('run'));
    const [first] = await fixture.rows('audit.jsonl');
    const { stdout } = await runCliWell(['explain', fixture.path('run'), String(first.id)]);
    expect(stdout).toContain(`row 1, id "${first.id}"`);
    expect(stdout).toContain(
      first.outcome === null ? `rejected: ${first.reason}` : `selected: ${first.outcome}`,
    );
    expect(stdout).toContain('reflection: instruction, candidate');
    expect(stdout).toContain('IFD');
    expect((await runCliWell(['explain', fixture.path('run'), '1'])).stdout).toBe(stdout);
    expect(refusalOf(await runCli(['explain', fixture.path('run'), '77'])).message).toContain('no row 77');
    expect(refusalOf(await runCli(['explain', PROJECT_ROOT, '1'])).message).toContain('no run directory');
  });
});
