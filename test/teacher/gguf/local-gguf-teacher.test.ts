import { Socket as UdpSocket } from 'node:dgram';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LocalGgufTeacher } from '../../../src/teacher/gguf/local-gguf-teacher.js';
import { SMALL_MODEL, writeSplit } from '../../gguf/fixtures/split-model.js';
import { internetSockets } from '../../helpers/internet-sockets.js';
import { ANSWER_SCHEMA, teacherRequest } from '../../helpers/teacher-requests.js';

const modelPath = fileURLToPath(new URL('../../../models/tiny-instruct-5m-f16.gguf', import.meta.url));
const TINY = { modelPath, device: 'cpu', threads: 1, sequences: 3, contextSize: 768 } as const;

describe('a teacher in process', () => {
  let teacher: LocalGgufTeacher;

  beforeAll(async () => {
    teacher = await LocalGgufTeacher.load({ ...TINY, maxFieldCharacters: 40 });
  }, 60_000);

  afterAll(() => teacher[Symbol.asyncDispose]());

  it('is named after its file’s contents and what it writes under', () => {
    expect(teacher).toMatchObject({ id: 'gguf:62996e1c1b4d8e9d+40', server: null });
  });

  it('writes every field of the schema, and counts', async () => {
    const reply = await teacher.ask(teacherRequest({ temperature: 0.8, seed: 3 }));
    expect(reply).toMatchObject({ kind: 'answered', retries: 0, format: 'grammar', usage: { cost: 0 } });
    if (reply.kind !== 'answered') return;
    expect(Object.keys(reply.fields)).toEqual(['relevance', 'better_answer']);
    expect(reply.fields.better_answer).not.toBe('');
    expect(reply.fields.better_answer!.length).toBeLessThanOrEqual(40);
    expect(JSON.parse(reply.rawText)).toHaveProperty('relevance');
    expect(reply.usage.promptTokens).toBeGreaterThan(50);
    expect(reply.usage.completionTokens).toBeGreaterThan(5);
  });

  it('writes the same for the same seed when alone, and something else for another', async () => {
    const ask = (seed: number) => teacher.ask(teacherRequest({ temperature: 1, topP: 0.95, seed }));
    const first = await ask(1);
    await Promise.all([ask(4), ask(5)]);
    expect((await ask(1)).rawText).toBe(first.rawText);
    const replies = await Promise.all([ask(1), ask(2), ask(3), ask(6)]);
    expect(replies.map(({ kind }) => kind)).toEqual(new Array(4).fill('answered'));
    expect(new Set(replies.map(({ rawText }) => rawText)).size).toBe(4);
  });

  it('fails at a reply that does not end in time', async () => {
    expect(await teacher.ask(teacherRequest({ maxTokens: 4 }))).toMatchObject({
      kind: 'failed',
      reason: 'truncated',
      usage: { completionTokens: 4 },
    });
  });

  it('fails at a request that leaves no room for a reply, and goes on', async () => {
    const tooLong = teacherRequest({ user: 'word '.repeat(2000) });
    const [long, short] = await Promise.all([teacher.ask(tooLong), teacher.ask(teacherRequest())]);
    expect(long).toMatchObject({ kind: 'failed', reason: 'context_too_long', rawText: null });
    expect(short.kind).toBe('answered');
  });

  it('takes special tokens in a request for plain text', async () => {
    const plain = await teacher.ask(teacherRequest({ user: 'a b' }));
    const special = await teacher.ask(teacherRequest({ user: 'a <|endoftext|> b' }));
    expect(special.usage.promptTokens).toBeGreaterThan(plain.usage.promptTokens + 3);
  });

  it('can be called off', async () => {
    const controller = new AbortController();
    const asked = teacher.ask(teacherRequest(), { signal: controller.signal });
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('loading a teacher', () => {
  it('opens no connection, nor does asking it', async () => {
    const connect = vi.spyOn(Socket.prototype, 'connect');
    const send = vi.spyOn(UdpSocket.prototype, 'send');
    const before = internetSockets();
    const opened = new Set<string>();
    const watch = setInterval(() => {
      for (const socket of internetSockets()) if (!before.has(socket)) opened.add(socket);
    }, 25);
    {
      await using teacher = await LocalGgufTeacher.load({ ...TINY, maxFieldCharacters: 10 });
      expect((await teacher.ask(teacherRequest())).kind).toBe('answered');
    }
    clearInterval(watch);
    expect(connect).not.toHaveBeenCalled();
    expect(send).not.toHaveBeenCalled();
    expect([...opened]).toEqual([]);
    vi.restoreAllMocks();
  }, 60_000);

  it('says what is wrong with the file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'teacher-'));
    const model = await readFile(modelPath);
    const hollow = Buffer.from(model.subarray(0, 1000));
    hollow.writeBigUInt64LE(2n ** 60n, 16);
    const files: Readonly<Record<string, string | Buffer>> = {
      'text.gguf': 'This is a plain text file, nothing more.',
      'version.gguf': 'GGUF, but not really: the rest is text.',
      'hollow.gguf': hollow,
      'cut.gguf': model.subarray(0, 1_000_000),
    };
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    for (const name of [...Object.keys(files), 'missing.gguf']) {
      const path = join(folder, name);
      await expect(LocalGgufTeacher.load({ ...TINY, modelPath: path })).rejects.toMatchObject({
        code: 'model_unloadable',
        message: expect.stringContaining(path),
      });
    }
    await rm(folder, { recursive: true });
  }, 60_000);

  it('names a split model after all of its files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'teacher-'));
    const [first, , last] = await writeSplit(folder, 'split', SMALL_MODEL);
    const idNow = async () => {
      await using teacher = await LocalGgufTeacher.load({ ...TINY, modelPath: first!, contextSize: 64 });
      return teacher.id;
    };
    const before = await idNow();
    const weights = await readFile(last!);
    weights[weights.length - 1]! ^= 1;
    await writeFile(last!, weights);
    expect(await idNow()).not.toBe(before);
    await rm(last!);
    await expect(idNow()).rejects.toMatchObject({
      code: 'model_unloadable',
      message: expect.stringContaining(last!),
    });
    await rm(folder, { recursive: true });
  }, 60_000);

  it('turns a field length down that no grammar can have', async () => {
    await expect(LocalGgufTeacher.load({ ...TINY, maxFieldCharacters: 2001 })).rejects.toMatchObject({
      code: 'invalid_option',
    });
  });

  it('is undone by closing: whoever still waits is told', async () => {
    const teacher = await LocalGgufTeacher.load({ ...TINY, sequences: 1 });
    const asked = [1, 2].map((n) => teacher.ask(teacherRequest({ key: `row-${n}`, schema: ANSWER_SCHEMA })));
    const ends = Promise.allSettled(asked);
    await teacher[Symbol.asyncDispose]();
    for (const end of await ends)
      expect(end).toMatchObject({ status: 'rejected', reason: { code: 'closed' } });
    await expect(teacher.ask(teacherRequest())).rejects.toMatchObject({ code: 'closed' });
  }, 60_000);
});
