import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import {
  type ScriptedTeacherServer,
  startScriptedTeacher,
  type TeacherAction,
} from '../helpers/scripted-teacher-server.js';
import { RecycleFixture, shortRows } from '../recycle/recycle-fixture.js';
import { recycledFields } from '../recycle/recycling-teacher.js';

const KEY = 'sk-live-4f9a7c21d08b55e3';

let fixture: RecycleFixture;
let server: ScriptedTeacherServer;
beforeEach(async () => {
  fixture = await RecycleFixture.create();
  await fixture.writeRows(await shortRows(3));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await fixture.remove();
});

async function runAgainst(script: (index: number, fields: Record<string, string>) => TeacherAction) {
  server = await startScriptedTeacher(({ body }, index) => {
    const isProbe = body.response_format.json_schema.name === 'probe';
    return script(index, isProbe ? { word: 'ready' } : recycledFields(body));
  });
  const teacher = ['--teacher', 'openai:m', '--base-url', server.baseUrl, '--api-key-variable', 'TEST_KEY'];
  const place = ['-o', fixture.path('run'), '--journal', fixture.path('run/journal.jsonl')];
  return runCli(['run', fixture.dataset, ...place, ...TINY_ON_ONE_THREAD, ...teacher], {
    environment: { TEST_KEY: KEY, REFLECTION_TUNING_DEBUG: '1' },
  });
}

/** All that a run has written. */
async function everythingIn(directory: string): Promise<string> {
  const names = await readdir(directory);
  const files = await Promise.all(names.map((name) => readFile(join(directory, name), 'latin1')));
  return files.join('\n');
}

describe('a key', () => {
  it('that the server repeats in replies and refusals is in no file and on no screen', async () => {
    const { code, stdout, stderr } = await runAgainst((index, fields) => {
      if (index === 2) {
        const body = { error: { message: `Odd request of Bearer ${KEY}` } };
        return { kind: 'status', status: 400, body };
      }
      if (index === 3) return { kind: 'reply', content: null, refusal: `I know your key: ${KEY}` };
      const told = Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, `${text} ${KEY}`]));
      return { kind: 'reply', content: JSON.stringify(index === 0 ? fields : told) };
    });
    expect(code, stderr).toBe(0);
    expect(server.seen.at(-1)!.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(stderr).toContain(`teacher openai:m at ${server.baseUrl}, with the key in TEST_KEY`);
    const written = await everythingIn(fixture.path('run'));
    expect(written).toContain('[secret]');
    for (const text of [written, stdout, stderr]) expect(text).not.toContain(KEY);
  });

  it('that the server does not accept is not in the error that says so', async () => {
    const { code, stdout, stderr } = await runAgainst(() => ({
      kind: 'status',
      status: 401,
      body: { error: { message: `Incorrect API key provided: ${KEY}` } },
    }));
    expect(code).toBe(2);
    expect(stderr).toContain('does not accept the API key');
    for (const text of [await everythingIn(fixture.path('run')), stdout, stderr]) {
      expect(text).not.toContain(KEY);
    }
  });
});
