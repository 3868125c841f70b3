import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TeacherNotice } from '../../../src/teacher/notice.js';
import { OpenAITeacher, type OpenAITeacherOptions } from '../../../src/teacher/openai/openai-teacher.js';
import { hasLlamaServer, LLAMA_SERVER, startLlamaServer } from '../../helpers/llama-server.js';
import { teacherRequest } from '../../helpers/teacher-requests.js';

afterEach(() => void vi.unstubAllEnvs());

const notices: TeacherNotice[] = [];
function teacherAt(baseUrl: string, options: Partial<OpenAITeacherOptions> = {}): OpenAITeacher {
  notices.length = 0;
  return new OpenAITeacher({
    ...{ model: 'tiny', baseUrl, retry: { baseMs: 1 }, onNotice: (notice) => notices.push(notice) },
    ...options,
  });
}

/** What a model that writes nonsense can come to, be it the server's fault or not. */
const OF_THE_MODEL = new Set(['truncated', 'context_too_long', 'empty', 'unparsable']);

/** What it is like to ask llama.cpp's own server, with the shipped model, which writes nonsense in the layout asked for. */
describe.skipIf(!hasLlamaServer)(`llama.cpp's own server (skipped where there is no ${LLAMA_SERVER})`, () => {
  it('keeps to a schema, tells of its context, and counts what it had in its cache', async () => {
    await using server = await startLlamaServer('--ctx-size', '1024', '--parallel', '1');
    await using teacher = teacherAt(server.baseUrl);
    const shared = { system: 'You review answers. '.repeat(20), maxTokens: 40 };
    const replies = [];
    for (const key of ['a', 'b']) replies.push(await teacher.ask(teacherRequest({ key, ...shared })));
    expect(teacher.manner?.dialect).toMatchObject({ format: 'json_schema', system: 'message', omitted: [] });
    expect(notices).toEqual([]);
    expect(await teacher.contextLength(new AbortController().signal)).toBe(1024);
    for (const { usage } of replies) {
      expect(usage).toMatchObject({ estimated: false, promptTokens: expect.any(Number) });
      expect(usage.completionTokens).toBeGreaterThan(0);
    }
    expect(replies[1]!.usage.cachedTokens).toBeGreaterThan(100);
  });

  it('has its address understood in every spelling, and is found where it is', async () => {
    await using server = await startLlamaServer('--ctx-size', '512');
    const { origin } = new URL(server.baseUrl);
    for (const ending of ['', '/', '/v1/', '/v1/chat/completions', '?api-version=1']) {
      await using teacher = teacherAt(origin + ending);
      const { usage } = await teacher.ask(teacherRequest({ maxTokens: 8 }));
      expect(usage.promptTokens, ending).toBeGreaterThan(0);
    }
    await using lost = teacherAt(`${origin}/nowhere`);
    await expect(lost.ask(teacherRequest())).rejects.toMatchObject({
      code: 'teacher_unusable',
      message: expect.stringContaining('File Not Found'),
      remedy: expect.stringContaining(`${origin}/v1`),
    });
  });

  it('says in its own words that a key is wrong', async () => {
    await using server = await startLlamaServer('--api-key', 'the-right-key-0123');
    vi.stubEnv('OPENAI_API_KEY', 'the-wrong-key-4567');
    await using teacher = teacherAt(server.baseUrl);
    await expect(teacher.ask(teacherRequest())).rejects.toMatchObject({
      code: 'teacher_unauthorized',
      message: expect.stringContaining('Invalid API Key'),
    });
  });

  it('says in its own words that a request is too long, which is about that request', async () => {
    await using server = await startLlamaServer('--ctx-size', '512', '--parallel', '1');
    await using teacher = teacherAt(server.baseUrl);
    expect(await teacher.ask(teacherRequest({ user: 'word '.repeat(2000), maxTokens: 40 }))).toMatchObject({
      ...{ kind: 'failed', reason: 'context_too_long', retries: 0 },
      detail: expect.stringContaining('exceeds the available context size (512 tokens)'),
    });
    const { usage } = await teacher.ask(teacherRequest({ maxTokens: 40 }));
    expect(usage.completionTokens).toBeGreaterThan(0);
  });

  it('is asked for fewer replies at a time where its slots crowd each other out, and fails none for that', async () => {
    await using server = await startLlamaServer('--ctx-size', '768', '--parallel', '4', '--kv-unified');
    await using teacher = teacherAt(server.baseUrl, { concurrency: 4, doublings: 0 });
    const asked = Array.from({ length: 12 }, (_, i) =>
      teacher.ask(teacherRequest({ key: `${i}`, user: `${i} ${'word '.repeat(100)}`, maxTokens: 300 })),
    );
    for (const reply of await Promise.all(asked)) {
      if (reply.kind === 'failed') expect(OF_THE_MODEL, reply.detail).toContain(reply.reason);
    }
    const changes = notices.flatMap((notice) => (notice.kind === 'adapted' ? [notice] : []));
    expect(changes).toContainEqual({
      kind: 'adapted',
      change: expect.stringMatching(/^at most [12] requests? (?:is|are) put at a time$/),
      detail: expect.stringContaining('Context size has been exceeded'),
    });
  });
});
