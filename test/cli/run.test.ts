import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PROJECT_ROOT } from '../helpers/paths.js';
import { refusalOf, runCli, runCliWell, startCli, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import { RecycleFixture, shortRows } from '../recycle/recycle-fixture.js';
import { type RecyclingTeacher, startRecyclingTeacher } from '../recycle/recycling-teacher.js';
import { surviveKills } from './fixtures/survive-kills.js';

/** More than one window of rows. */
const ROWS = 34;

let fixture: RecycleFixture;
let teacher: RecyclingTeacher;
beforeEach(async () => {
  fixture = await RecycleFixture.create();
  teacher = await startRecyclingTeacher(undefined, 5);
});
afterEach(async () => {
  await teacher[Symbol.asyncDispose]();
  await fixture.remove();
});

function runArguments(output: string): string[] {
  const model = ['--teacher', 'openai:scripted', '--base-url', teacher.baseUrl];
  return ['run', fixture.dataset, '-o', fixture.path(output), ...TINY_ON_ONE_THREAD, ...model];
}

describe('run', () => {
  it('survives kill -9 at any step: no reply is paid for twice, and the outputs are the same', () =>
    surviveKills(3));

  it('is told to stop by Ctrl-C, is refused to others, and is seen by status', async () => {
    await fixture.writeRows(await shortRows(ROWS));
    const { child, ended } = startCli(runArguments('run'));
    await vi.waitFor(() => expect(teacher.asked.length).toBeGreaterThan(2), {
      timeout: 60_000,
      interval: 20,
    });
    const second = refusalOf(await runCli(runArguments('run')));
    if (child.exitCode === null) {
      expect(second.message).toContain(`Process ${child.pid} on`);
      const { stdout } = await runCli(['status', fixture.path('run')]);
      expect(stdout).toContain(`process ${child.pid}`);
    }
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
    expect(manifest).toMatchObject({ teacher: { teacher: 'openai:scripted' } });
    expect(manifest.selection).toMatchObject({ keep: 'all', max_ifd: '1000' });

    await writeFile(fixture.path('bad.json'), '{"keep": "some", "tempo": 1}');
    const { message } = refusalOf(await runCli(['run', '--config', 'bad.json'], { cwd }));
    expect(message).toContain('"tempo" is no setting');
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
    expect(refusalOf(await runCli(stage)).message).toContain('needs a teacher');
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
