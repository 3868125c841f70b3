import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BatchTeacher } from '../../../src/teacher/batch/batch-teacher.js';
import type { ServerOptions } from '../../../src/teacher/openai/connection/open-server.js';
import { OpenAITeacher } from '../../../src/teacher/openai/openai-teacher.js';
import { FakeClock } from '../../helpers/fake-clock.js';
import { startScriptedBatches } from '../../helpers/scripted-batch-server.js';
import { type ScriptedPlace, startScriptedTeacher } from '../../helpers/scripted-teacher-server.js';
import { teacherRequest } from '../../helpers/teacher-requests.js';
import { failure, good } from './server-case.js';

afterEach(() => void vi.unstubAllEnvs());

async function serve(place: ScriptedPlace = {}) {
  const server = await startScriptedTeacher((request) => good(request), place);
  return { ...server, seen: server.seen, origin: new URL(server.baseUrl).origin };
}

async function ask(options: ServerOptions) {
  const { clock, random } = { clock: new FakeClock(), random: () => 0 };
  await using teacher = new OpenAITeacher({ clock, random, ...options });
  return await teacher.ask(teacherRequest());
}

describe('a server’s address', () => {
  it.each([
    ['', '/v1/chat/completions'],
    ['/', '/v1/chat/completions'],
    ['/v1', '/v1/chat/completions'],
    ['/v1/', '/v1/chat/completions'],
    ['/v1//', '/v1/chat/completions'],
    ['/v1/chat/completions', '/v1/chat/completions'],
    ['/v1/chat/completions/', '/v1/chat/completions'],
    ['/v1/models', '/v1/chat/completions'],
    ['/api/openai', '/api/openai/chat/completions'],
    ['/v1?api-version=2024-10-21', '/v1/chat/completions?api-version=2024-10-21'],
    ['/v1/chat/completions?a=1&b=2', '/v1/chat/completions?a=1&b=2'],
    ['  /v1  ', '/v1/chat/completions'],
  ])('%j is used as it is meant', async (ending, path) => {
    await using server = await serve();
    expect(
      await ask({
        model: 'm',
        baseUrl: `${server.origin}${ending.trim()}${ending.startsWith(' ') ? '  ' : ''}`,
      }),
    ).toMatchObject({ kind: 'answered' });
    expect(server.seen.map((request) => request.path)).toEqual([path, path]);
  });

  it.each([
    ['/openai', '/openai/v1'],
    ['/v1', '/api/v1'],
    ['/v2', '/v1'],
    ['/v1', '/v1beta/openai'],
  ])('%s is refused where %s would be right', async (given, right) => {
    await using server = await serve({ path: right, models: [{ id: 'm' }] });
    await expect(ask({ model: 'm', baseUrl: server.origin + given })).rejects.toMatchObject({
      code: 'teacher_unusable',
      message: expect.stringMatching(/There is no teacher at .*Not Found\./),
      remedy: `Use \`baseUrl\` ${server.origin}${right}, where its server is.`,
    });
    expect(server.seen).toHaveLength(0);
  });

  it.each([
    ['localhost:8080/v1', 'Put http:// or https:// in front of it.'],
    ['http://localhost:11434/api/chat', 'Use http://localhost:11434/v1.'],
    ['http://me:secret@localhost/v1', expect.stringContaining('keys through the environment')],
    ['ftp://localhost/v1', expect.stringContaining('http://localhost:8080/v1')],
  ])('%s is refused with what would be right', (baseUrl, remedy) => {
    let error: unknown;
    try {
      new OpenAITeacher({ model: 'm', baseUrl });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'invalid_option', option: 'baseUrl', remedy });
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('has its query at files and batches, too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'addresses-'));
    const paths: string[] = [];
    await using server = await startScriptedBatches({
      result: ({ custom_id, body }) => ({
        custom_id,
        response: { status_code: 200, body: { choices: [{ message: { content: good({ body }).content } }] } },
      }),
      see: (path) => paths.push(path),
    });
    await using teacher = new BatchTeacher({
      ...{ model: 'm', baseUrl: `${server.baseUrl}/chat/completions?api-version=7` },
      ...{ statePath: join(folder, 'batches.json'), clock: new FakeClock() },
    });
    for await (const { reply } of teacher.askAll([teacherRequest()])) expect(reply.kind).toBe('answered');
    expect(new Set(paths)).toEqual(
      new Set([
        '/v1/chat/completions?api-version=7',
        '/v1/files?api-version=7',
        '/v1/batches?api-version=7',
        '/v1/batches/batch-0?api-version=7',
        '/v1/files/out-batch-0/content?api-version=7',
      ]),
    );
    await rm(folder, { recursive: true });
  });

  it('of one that redirects is refused with where it points to', async () => {
    await using server = await startScriptedTeacher(() =>
      failure(301, '', { location: 'https://elsewhere.example/v1/chat/completions' }),
    );
    await expect(ask({ model: 'm', baseUrl: server.baseUrl })).rejects.toMatchObject({
      code: 'teacher_unusable',
      message: expect.stringContaining('a redirection to https://elsewhere.example/v1/chat/completions'),
    });
  });
});

describe('a deployment on Azure', () => {
  const KEY = 'azure-key-0123456789';

  async function askAzure(path: string, ending: string) {
    vi.stubEnv('AZURE_OPENAI_API_KEY', KEY);
    vi.stubEnv('OPENAI_API_KEY', 'sk-not-for-azure-0123456789');
    await using server = await serve({ path });
    const reply = await ask({ provider: 'azure', model: 'gpt 4o', baseUrl: server.origin + ending });
    expect(reply).toMatchObject({ kind: 'answered' });
    return server.seen[0]!;
  }

  it.each([
    ['', '/openai/v1', '/openai/v1/chat/completions'],
    ['/openai/v1/', '/openai/v1', '/openai/v1/chat/completions'],
    [
      '/?api-version=2024-10-21',
      '/openai/deployments/gpt%204o',
      '/openai/deployments/gpt%204o/chat/completions?api-version=2024-10-21',
    ],
    [
      '/openai/deployments/other/chat/completions?api-version=2024-10-21',
      '/openai/deployments/other',
      '/openai/deployments/other/chat/completions?api-version=2024-10-21',
    ],
  ])('at %j is asked with its own key, in a header of its own', async (ending, path, asked) => {
    const { headers, path: seen, body } = await askAzure(path, ending);
    expect(seen).toBe(asked);
    expect(headers).toMatchObject({ 'api-key': KEY });
    expect(headers).not.toHaveProperty('authorization');
    expect(body.model).toBe('gpt 4o');
  });

  it('needs its resource’s address', () => {
    vi.stubEnv('AZURE_OPENAI_ENDPOINT', '');
    expect(() => new OpenAITeacher({ provider: 'azure', model: 'm' })).toThrow(
      expect.objectContaining({
        option: 'baseUrl',
        remedy: expect.stringContaining('AZURE_OPENAI_ENDPOINT'),
      }),
    );
  });

  it('has its files and batches at the resource', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'azure-'));
    const paths: string[] = [];
    await using server = await startScriptedBatches({
      result: ({ custom_id, body }) => ({
        custom_id,
        response: { status_code: 200, body: { choices: [{ message: { content: good({ body }).content } }] } },
      }),
      see: (path) => paths.push(path),
    });
    await using teacher = new BatchTeacher({
      ...{ provider: 'azure', model: 'd', baseUrl: `${new URL(server.baseUrl).origin}/?api-version=7` },
      ...{ statePath: join(folder, 'batches.json'), clock: new FakeClock() },
    });
    for await (const { reply } of teacher.askAll([teacherRequest()])) expect(reply.kind).toBe('answered');
    expect(new Set(paths)).toEqual(
      new Set([
        '/openai/deployments/d/chat/completions?api-version=7',
        '/openai/files?api-version=7',
        '/openai/batches?api-version=7',
        '/openai/batches/batch-0?api-version=7',
        '/openai/files/out-batch-0/content?api-version=7',
      ]),
    );
    await rm(folder, { recursive: true });
  });
});
