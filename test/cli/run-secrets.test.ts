import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusalOf, runCli, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import { startScriptedProxy } from '../helpers/scripted-proxy.js';
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

describe('what else is secret', () => {
  const SECRETS = {
    EXTRA: 'extra-6d1f0c9be2a74455',
    MEMBER: 'member-7b3a9f20c1d84e66',
    LITERAL: 'literal-19c4e7aa03bf4d77',
    PASSWORD: 'proxy-pass-52e8d6f1a9c0',
  };

  it('in headers, bodies and the proxy’s address reaches whom it is for, but no file and no screen', async () => {
    server = await startScriptedTeacher(({ body, headers }, index) => {
      const told = JSON.stringify([headers, body.user]);
      if (index === 2) return { kind: 'status', status: 400, body: { error: { message: told } } };
      const isProbe = body.response_format.json_schema.name === 'probe';
      const fields = isProbe ? { word: 'ready' } : recycledFields(body);
      const telling = Object.entries(fields).map(([name, text]) => [
        name,
        isProbe ? text : `${text} ${told}`,
      ]);
      return { kind: 'reply', content: JSON.stringify(Object.fromEntries(telling)) };
    });
    const { port } = new URL(server.baseUrl);
    await using proxy = await startScriptedProxy({ targetPort: Number(port) });
    const result = await runCli(
      [
        ...['run', fixture.dataset, '-o', fixture.path('run'), ...TINY_ON_ONE_THREAD],
        ...['--journal', fixture.path('run/journal.jsonl')],
        ...['--teacher', 'openai:m', '--base-url', 'http://gpu-box:8000', '--allow-insecure-http'],
        ...['--header', 'X-Extra: {env:EXTRA}', '--header', `X-Token: ${SECRETS.LITERAL}`],
        ...['--extra-body', '{"user": "{env:MEMBER}"}'],
      ],
      {
        environment: {
          ...SECRETS,
          OPENAI_API_KEY: '',
          http_proxy: `http://me:${SECRETS.PASSWORD}@127.0.0.1:${proxy.port}`,
          REFLECTION_TUNING_DEBUG: '1',
        },
      },
    );
    const { code, stdout, stderr } = result;
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      `teacher openai:m at http://gpu-box:8000/v1, without a key, through the proxy http://127.0.0.1:${proxy.port}`,
    );
    const { headers, body } = server.seen.at(-1)!;
    expect(headers).toMatchObject({ 'x-extra': SECRETS.EXTRA, 'x-token': SECRETS.LITERAL });
    expect(body).toMatchObject({ user: SECRETS.MEMBER });
    expect(proxy.seen[0]!.headers['proxy-authorization']).toContain('Basic ');
    const written = await everythingIn(fixture.path('run'));
    expect(written).toContain('[secret]');
    for (const text of [written, stdout, stderr]) {
      for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
    }
  });

  it('may not go unencrypted to another machine unless that is allowed', async () => {
    server = await startScriptedTeacher(() => ({ kind: 'hang' }));
    const result = await runCli(
      [
        ...['run', fixture.dataset, '-o', fixture.path('run'), ...TINY_ON_ONE_THREAD],
        ...['--teacher', 'openai:m', '--base-url', 'http://gpu-box:8000', '--header', 'X-Extra: {env:EXTRA}'],
      ],
      { environment: { ...SECRETS, OPENAI_API_KEY: '' } },
    );
    const { message, remedy } = refusalOf(result);
    expect(message).toContain('would go to http://gpu-box:8000 unencrypted');
    expect(remedy).toContain('--allow-insecure-http');
  });
});
