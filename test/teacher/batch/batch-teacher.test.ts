import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BatchState } from '../../../src/teacher/batch/batch-state.js';
import {
  type BatchReply,
  BatchTeacher,
  type BatchTeacherOptions,
} from '../../../src/teacher/batch/batch-teacher.js';
import { FakeClock } from '../../helpers/fake-clock.js';
import {
  type BatchLine,
  type BatchScript,
  type ScriptedBatchServer,
  startScriptedBatches,
} from '../../helpers/scripted-batch-server.js';
import { ANSWER, teacherRequest } from '../../helpers/teacher-requests.js';

let folder: string;
let servers: ScriptedBatchServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batches-'));
});
afterEach(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
  servers = [];
  await rm(folder, { recursive: true });
});

function good({ custom_id, body }: BatchLine) {
  const content = JSON.stringify({
    ...ANSWER,
    better_answer: `To: ${body.messages[1].content.split('\n')[0]}`,
  });
  const choices = [{ finish_reason: 'stop', message: { content } }];
  const usage = { prompt_tokens: 10, completion_tokens: 5 };
  return {
    custom_id,
    response: { status_code: 200, body: { model: 'batched', choices, usage } },
    error: null,
  };
}

async function serve(script: Partial<BatchScript> = {}): Promise<ScriptedBatchServer> {
  const server = await startScriptedBatches({ result: good, ...script });
  servers.push(server);
  return server;
}

function teacherOf(
  { baseUrl }: ScriptedBatchServer,
  clock = new FakeClock(),
  options: Partial<BatchTeacherOptions> = {},
): BatchTeacher {
  const price = { promptPerMillion: 1e6, completionPerMillion: 1e6 };
  const statePath = join(folder, 'batches.json');
  return new BatchTeacher({
    model: 'm',
    baseUrl,
    statePath,
    requestsPerBatch: 2,
    clock,
    price,
    random: () => 0,
    ...options,
  });
}

function requestsOf(...keys: readonly string[]) {
  return keys.map((key) => teacherRequest({ key, user: key }));
}

async function collect(replies: AsyncIterable<BatchReply>): Promise<BatchReply[]> {
  const collected: BatchReply[] = [];
  for await (const reply of replies) collected.push(reply);
  return collected;
}

describe('BatchTeacher', () => {
  it('replies to every request once, in batches of the size given', async () => {
    const server = await serve();
    const clock = new FakeClock();
    const replies = await collect(teacherOf(server, clock).askAll(requestsOf('a', 'b', 'c')));
    expect(server.batches.map((lines) => lines.length)).toEqual([2, 1]);
    expect(clock.sleeps).toEqual([60_000]);
    expect(replies.map(({ request }) => request.key)).toEqual(['a', 'b', 'c']);
    expect(replies[1]!.reply).toMatchObject({
      kind: 'answered',
      fields: { better_answer: 'To: b' },
      model: 'batched',
      usage: { promptTokens: 10, completionTokens: 5, cost: 15 },
      format: 'json_schema',
    });
    expect(server.batches[0]![0]!.body).toMatchObject({ model: 'm', max_tokens: 100 });
    expect(server.probes).toHaveLength(1);
  });

  it('hands in no larger files than the provider takes', async () => {
    const server = await serve();
    const teacher = teacherOf(server, new FakeClock(), { requestsPerBatch: 100, bytesPerBatch: 4000 });
    const requests = ['a', 'b', 'c', 'd'].map((key) => teacherRequest({ key, user: `${key} `.repeat(1000) }));
    expect(await collect(teacher.askAll(requests))).toHaveLength(4);
    expect(server.batches.map((lines) => lines.length)).toEqual([1, 1, 1, 1]);
  });

  it('goes on waiting in another process, for other requests too, without putting any twice', async () => {
    const server = await serve();
    const controller = new AbortController();
    const clock = new FakeClock();
    clock.sleep = async (_, signal) => {
      controller.abort();
      signal?.throwIfAborted();
    };
    const first = collect(
      teacherOf(server, clock).askAll(requestsOf('a', 'b', 'c'), { signal: controller.signal }),
    );
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    expect(server.batches).toHaveLength(2);
    const replies = await collect(teacherOf(server).askAll(requestsOf('c', 'new', 'a')));
    expect(replies.map(({ request }) => request.key).sort()).toEqual(['a', 'c', 'new']);
    expect(server.batches.slice(2).map((lines) => lines.length)).toEqual([1]);
    expect(server.probes).toHaveLength(1);
  });

  it('waits again for what nobody took, and forgets what was taken', async () => {
    const server = await serve();
    for await (const { request } of teacherOf(server).askAll(requestsOf('a', 'b', 'c'))) {
      if (request.key === 'b') break;
    }
    await collect(teacherOf(server).askAll(requestsOf('b', 'c')));
    expect(server.batches).toHaveLength(2);
    await collect(teacherOf(server).askAll(requestsOf('b')));
    expect(server.batches).toHaveLength(3);
  });

  it('asks again, with more tokens, for what was cut off, also after a crash in between', async () => {
    const server = await serve({
      result: (line) => {
        const result = good(line);
        const isCut = line.body.max_tokens < 400;
        const choices = [{ finish_reason: 'length', message: { content: '{"relev' } }];
        return isCut ? { ...result, response: { status_code: 200, body: { choices } } } : result;
      },
    });
    const controller = new AbortController();
    const clock = new FakeClock();
    clock.sleep = async (_, signal) => {
      if (server.batches.length === 2) controller.abort();
      signal?.throwIfAborted();
    };
    const killed = collect(teacherOf(server, clock).askAll(requestsOf('a'), { signal: controller.signal }));
    await expect(killed).rejects.toMatchObject({ code: 'aborted' });
    const [{ reply }] = (await collect(teacherOf(server).askAll(requestsOf('a')))) as [BatchReply];
    expect(reply).toMatchObject({ kind: 'answered', retries: 2, usage: { estimated: true } });
    expect(server.batches.map(([line]) => line!.body.max_tokens)).toEqual([100, 200, 400]);
  });

  it('puts no more than the budget covers, and stops when that is spent', async () => {
    const server = await serve();
    const teacher = teacherOf(server, new FakeClock(), { maxTeacherTokens: 3000 });
    const taken: string[] = [];
    const asking = async () => {
      const requests = requestsOf(...Array.from({ length: 200 }, (_, i) => `request ${i}`));
      for await (const { request } of teacher.askAll(requests)) taken.push(request.key);
    };
    await expect(asking()).rejects.toMatchObject({ code: 'budget_exhausted' });
    expect(server.batches.flat()).toHaveLength(taken.length);
    // 15 tokens each, and the last one has to leave room for the longest reply.
    expect(taken.length).toBeGreaterThan(10);
    expect(taken.length * 15).toBeLessThanOrEqual(3000);
  });

  it('finds a batch whose confirmation was lost, in the same process and after a crash', async () => {
    const server = await serve({ loseConfirmation: (index) => index === 0 });
    expect(await collect(teacherOf(server).askAll(requestsOf('a')))).toHaveLength(1);
    expect(server.batches).toHaveLength(1);

    const losing = await serve({ loseConfirmation: () => true });
    const controller = new AbortController();
    const clock = new FakeClock();
    clock.sleep = async (_, signal) => {
      controller.abort();
      signal?.throwIfAborted();
    };
    const killed = collect(teacherOf(losing, clock).askAll(requestsOf('x'), { signal: controller.signal }));
    await expect(killed).rejects.toMatchObject({ code: 'aborted' });
    expect(await collect(teacherOf(losing).askAll(requestsOf('x')))).toHaveLength(1);
    expect(losing.batches).toHaveLength(1);
  });

  it('fails what failed on its own, and what an expired batch left undone, which can be put again', async () => {
    const server = await serve({
      ends: 'expired',
      result: (line) => {
        if (line.body.messages[1].content.startsWith('undone')) return undefined;
        if (!line.body.messages[1].content.startsWith('long')) return good(line);
        const error = { error: { code: 'context_length_exceeded', message: 'too long' } };
        return { custom_id: line.custom_id, response: { status_code: 400, body: error }, error: null };
      },
    });
    const replies = await collect(teacherOf(server).askAll(requestsOf('ok', 'long', 'undone')));
    expect(replies.map(({ reply }) => (reply.kind === 'failed' ? reply.reason : reply.kind))).toEqual([
      'answered',
      'context_too_long',
      'timeout',
    ]);
    await collect(teacherOf(server).askAll(requestsOf('undone')));
    expect(server.batches.map((lines) => lines.length)).toEqual([2, 1, 1]);
  });

  it('stops when the provider turns a batch down, and can start over', async () => {
    const server = await serve({ ends: 'failed' });
    for (const attempt of [1, 2]) {
      await expect(collect(teacherOf(server).askAll(requestsOf('a')))).rejects.toMatchObject({
        code: 'teacher_unusable',
        message: expect.stringContaining('Line 1 is odd.'),
      });
      expect(server.batches).toHaveLength(attempt);
    }
  });

  it.each(['POST /files', 'POST /batches'])('waits for no batch that was refused, at %s', async (refused) => {
    const body = { error: { message: 'Not today.' } };
    let isRefusing = true;
    const server = await serve({
      refuse: (route) =>
        isRefusing && route === refused ? { kind: 'status', status: 400, body } : undefined,
    });
    await expect(collect(teacherOf(server).askAll(requestsOf('a')))).rejects.toMatchObject({
      message: expect.stringContaining('Not today.'),
    });
    expect((await BatchState.open(join(folder, 'batches.json'))).tickets).toEqual([]);
    isRefusing = false;
    expect(await collect(teacherOf(server).askAll(requestsOf('a')))).toHaveLength(1);
  });

  it('puts again what had no room in the provider’s queue, once others have ended', async () => {
    const server = await serve({ mostWaiting: 3 });
    const requests = requestsOf('a', 'b', 'c', 'd', 'e', 'f', 'g');
    const replies = await collect(teacherOf(server).askAll(requests));
    expect(replies.map(({ request }) => request.key).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
    for (const { reply } of replies) expect(reply.kind).toBe('answered');
    const crowded = await serve({ mostWaiting: 1 });
    await expect(collect(teacherOf(crowded).askAll(requestsOf('a', 'b')))).rejects.toMatchObject({
      code: 'teacher_unusable',
      remedy: expect.stringContaining('`batchSize`'),
    });
  });

  it('goes on from a state in an earlier spelling', async () => {
    const server = await serve();
    const dialect = { mode: 'json_schema', tokenLimit: 'max_tokens', omitted: [] };
    await writeFile(join(folder, 'batches.json'), JSON.stringify({ version: 1, dialect, tickets: [] }));
    expect(await collect(teacherOf(server).askAll(requestsOf('a')))).toMatchObject([
      { reply: { kind: 'answered', format: 'json_schema' } },
    ]);
    expect(server.probes).toHaveLength(0);
  });

  it('does not go on without its state', async () => {
    const server = await serve();
    await writeFile(join(folder, 'batches.json'), '{"version": 1, "tick');
    await expect(collect(teacherOf(server).askAll(requestsOf('a')))).rejects.toMatchObject({
      code: 'journal_unreadable',
    });
    expect(server.batches).toHaveLength(0);
  });
});
