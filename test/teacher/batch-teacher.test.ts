import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BatchReply, BatchTeacher } from '../../src/teacher/batch-teacher.js';
import { FakeClock } from '../helpers/fake-clock.js';
import {
  type BatchLine,
  type BatchScript,
  type ScriptedBatchServer,
  startScriptedBatches,
} from '../helpers/scripted-batch-server.js';
import { ANSWER, teacherRequest } from '../helpers/teacher-requests.js';

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

function teacherOf({ baseUrl }: ScriptedBatchServer, clock = new FakeClock()): BatchTeacher {
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
      mode: 'json_schema',
    });
    expect(server.batches[0]![0]!.body).toMatchObject({ model: 'm', max_tokens: 100 });
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
    await collect(teacherOf(server).askAll(requestsOf('a', 'b', 'c', 'new')));
    expect(server.batches).toHaveLength(3);
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

  it('rejects what failed on its own, and what an expired batch left undone, which can be put again', async () => {
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
    expect(replies.map(({ reply }) => (reply.kind === 'rejected' ? reply.reason : reply.kind))).toEqual([
      'answered',
      'context_too_long',
      'timeout',
    ]);
    await collect(teacherOf(server).askAll(requestsOf('ok', 'long', 'undone')));
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

  it('does not go on without its state', async () => {
    const server = await serve();
    await writeFile(join(folder, 'batches.json'), '{"version": 1, "tick');
    await expect(collect(teacherOf(server).askAll(requestsOf('a')))).rejects.toMatchObject({
      code: 'journal_unreadable',
    });
    expect(server.batches).toHaveLength(0);
  });
});
