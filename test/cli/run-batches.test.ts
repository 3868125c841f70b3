import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusalOf, runCli, runCliWell, startCli, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import { type ScriptedBatchServer, startScriptedBatches } from '../helpers/scripted-batch-server.js';
import { until } from '../helpers/until.js';
import { RecycleFixture, shortRows } from '../recycle/recycle-fixture.js';
import { startRecyclingTeacher } from '../recycle/recycling-teacher.js';
import { batchAnswer, surviveKillsWithBatches } from './fixtures/survive-kills.js';

/** More than one window of rows. */
const ROWS = 34;

let fixture: RecycleFixture;
let server: ScriptedBatchServer;
beforeEach(async () => {
  fixture = await RecycleFixture.create();
  server = await startScriptedBatches({ result: batchAnswer, looks: 5 });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await fixture.remove();
});

function batchArguments(command: string, output: string): string[] {
  const model = ['--teacher', 'openai:scripted', '--base-url', server.baseUrl];
  const batches = ['--teacher-batch', '--batch-size', '20', '--batch-poll', '0.02'];
  return [command, fixture.dataset, '-o', fixture.path(output), ...model, ...batches];
}

function runArguments(output: string): string[] {
  return [...batchArguments('run', output), ...TINY_ON_ONE_THREAD];
}

describe('run --teacher-batch', () => {
  it('puts each request once, in two waves, and selects what a run without batches does', async () => {
    await fixture.writeRows(await shortRows(ROWS));
    const journal = fixture.path('replies.jsonl');
    const { stderr } = await runCliWell([...runArguments('run'), '--journal', journal]);
    expect(server.batches).toHaveLength(4);
    expect(server.probes).toHaveLength(1);
    expect(stderr).toContain('waiting for 2 batches with 34 requests');

    await using teacher = await startRecyclingTeacher();
    const model = ['--teacher', 'openai:scripted', '--base-url', teacher.baseUrl];
    const place = ['run', fixture.dataset, '-o', fixture.path('live')];
    await runCliWell([...place, ...model, ...TINY_ON_ONE_THREAD]);
    for (const name of ['selected.jsonl', 'rejected.jsonl', 'candidates.jsonl', 'summary.json']) {
      expect(await fixture.output(name)).toBe(await fixture.output(name, 'live'));
    }
    expect(server.batches.flat()).toHaveLength(teacher.asked.length);
    const replay = ['--teacher', `replay:${journal}`];
    await runCliWell(['run', fixture.dataset, '-o', fixture.path('again'), ...replay, ...TINY_ON_ONE_THREAD]);
    expect(await fixture.output('selected.jsonl', 'again')).toBe(await fixture.output('selected.jsonl'));
    // What batches have answered is not asked for again without them, nor taken for another server's.
    const live = [...place.slice(0, 3), fixture.path('run'), ...TINY_ON_ONE_THREAD];
    await runCliWell([...live, '--teacher', 'openai:scripted', '--base-url', server.baseUrl]);
    expect(server.probes).toHaveLength(1);
    const before = teacher.asked.length;
    expect(refusalOf(await runCli([...live, ...model])).message).toContain('replies will not be used again');
    await runCliWell([...live, ...model, '--accept-changes']);
    expect(teacher.asked).toHaveLength(2 * before);
  });

  it.each(['last', 'all'])('selects of chats what a run without batches does, turns %s', async (turns) => {
    const chats = Array.from({ length: 6 }, (_, i) =>
      JSON.stringify({
        messages: ['Name a colour.', `Blue, ${i}.`, 'Why that one?', `The sky is blue ${i} times.`].map(
          (content, place) => ({ role: place % 2 === 0 ? 'user' : 'assistant', content }),
        ),
      }),
    );
    await fixture.writeRows(chats);
    await runCliWell([...runArguments('run'), '--turns', turns]);

    await using teacher = await startRecyclingTeacher();
    const model = ['--teacher', 'openai:scripted', '--base-url', teacher.baseUrl, '--turns', turns];
    await runCliWell(['run', fixture.dataset, '-o', fixture.path('live'), ...model, ...TINY_ON_ONE_THREAD]);
    for (const name of ['selected.jsonl', 'rejected.jsonl', 'candidates.jsonl', 'summary.json']) {
      expect(await fixture.output(name), name).toBe(await fixture.output(name, 'live'));
    }
    expect(server.batches.flat()).toHaveLength(teacher.asked.length);
    expect(teacher.asked.length).toBeGreaterThan(chats.length);
  });

  it('survives kill -9 at any step: no request is paid for twice, and the outputs are the same', () =>
    surviveKillsWithBatches(3));

  it('is seen waiting by status, and stopped by Ctrl-C, after which the batches go on', async () => {
    await server[Symbol.asyncDispose]();
    server = await startScriptedBatches({ result: batchAnswer, looks: Number.POSITIVE_INFINITY });
    await fixture.writeRows(await shortRows(3));
    const { child, ended } = startCli(runArguments('run'));
    await until(async () => {
      expect(child.exitCode, 'the run ended by itself').toBeNull();
      if (server.batches.length === 0) return false;
      const { stdout } = await runCliWell(['status', fixture.path('run')]);
      return /batches +1, 3 requests/.test(stdout);
    });
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toContain('the same command goes on from here');
  });

  it('makes all candidates for reflect, and is for openai teachers only', async () => {
    await fixture.writeRows(await shortRows(4));
    await runCliWell(batchArguments('reflect', 'run'));
    expect(server.batches.map((lines) => lines.length)).toEqual([8, 4]);
    const reflected = await fixture.rows('reflected.jsonl');
    for (const { candidates } of reflected) {
      expect(Object.keys(candidates)).toEqual(['instruction', 'response', 'both']);
    }
    await runCliWell(runArguments('run'));
    expect(server.batches).toHaveLength(2);

    const place = ['reflect', fixture.dataset, '-o', fixture.path('other')];
    const local = [...place, '--teacher', 'gguf:missing.gguf', '--teacher-batch'];
    expect(refusalOf(await runCli(local)).message).toBe(
      '--teacher-batch does not apply to the --teacher gguf:missing.gguf.',
    );
  });
});
