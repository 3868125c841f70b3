import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { BatchTeacher } from '../../src/teacher/batch/batch-teacher.js';
import { createTeacher } from '../../src/teacher/create-teacher.js';
import { formatJournalEntry } from '../../src/teacher/journal/journal-entry.js';
import { requestHash } from '../../src/teacher/reply/request-hash.js';
import { type AskOptions, NO_USAGE, type Teacher, type TeacherRequest } from '../../src/teacher/teacher.js';
import { FakeClock } from '../helpers/fake-clock.js';
import { gate } from '../helpers/gate.js';
import { startScriptedBatches } from '../helpers/scripted-batch-server.js';
import { startScriptedTeacher, type TeacherAction } from '../helpers/scripted-teacher-server.js';
import { ANSWER, teacherRequest } from '../helpers/teacher-requests.js';
import { type Behaviour, keepsToTheContract, type OpenedTeacher } from './contract.js';

const KEY = 'sk-test-0123456789abcdef';
const GOOD: TeacherAction = {
  kind: 'reply',
  content: JSON.stringify({ ...ANSWER, relevance: `Key ${KEY}.` }),
};

let folder: string;
let files = 0;
const newPath = () => join(folder, `${files++}.jsonl`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contract-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => void vi.stubEnv('OPENAI_API_KEY', KEY));
afterEach(() => vi.unstubAllEnvs());

const request = (number: number) => teacherRequest({ key: `row-${number}`, user: `Question ${number}.` });

/** A server of a kind, and the wits to wait for it. */
async function serve(behaviour: Behaviour) {
  const released = gate();
  const waiting: { readonly count: number; readonly wake: () => void }[] = [];
  const server = await startScriptedTeacher(async (_, index): Promise<TeacherAction> => {
    for (const { count, wake } of waiting) if (index + 1 >= count) wake();
    const message = `So you are Bearer ${KEY}?`;
    if (behaviour === 'fails') return { kind: 'status', status: 400, body: { error: { message } } };
    if (behaviour === 'is broken') return { kind: 'status', status: 401, body: { error: { message } } };
    if (behaviour === 'is slow') await released.opened;
    return GOOD;
  });
  const underWay = async (count: number) => {
    if (server.seen.length < count) await new Promise<void>((wake) => waiting.push({ count, wake }));
  };
  return { server, underWay, release: released.open };
}

async function openServed(behaviour: Behaviour, model = 'm', journal?: string): Promise<OpenedTeacher> {
  const { server, underWay, release } = await serve(behaviour);
  const options = { baseUrl: server.baseUrl, replyFormat: 'json_schema', concurrency: 2, journal } as const;
  const again = () => createTeacher(`openai:${model}`, options);
  const teacher = await again();
  const close = async () => {
    release();
    await teacher[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  const put = () => server.seen.length;
  return { teacher, again, request, underWay, release, put, [Symbol.asyncDispose]: close };
}

keepsToTheContract({
  name: 'a server',
  key: KEY,
  open: (behaviour) => openServed(behaviour),
  openOther: () => openServed('answers', 'other'),
  broken: 'teacher_unauthorized',
  waits: true,
});

keepsToTheContract({
  name: 'a recorded server',
  key: KEY,
  open: (behaviour) => openServed(behaviour, 'm', newPath()),
  openOther: () => openServed('answers', 'other', newPath()),
  broken: 'teacher_unauthorized',
  waits: true,
});

async function openReplay(behaviour: Behaviour, rawText = 'raw'): Promise<OpenedTeacher> {
  const path = newPath();
  const facts = { model: 'm', usage: NO_USAGE, retries: 0, milliseconds: 1, format: 'markers' } as const;
  const reply = { kind: 'answered', fields: ANSWER, rawText, ...facts } as const;
  const lines = [0, 1, 2, 3, 4, 5, 6].map((number) => {
    const { key } = request(number);
    return formatJournalEntry({ key, requestHash: requestHash(request(number)), teacher: 't', reply });
  });
  await writeFile(path, behaviour === 'fails' ? '' : lines.join(''));
  const again = () => createTeacher(`replay:${path}`);
  const teacher = await again();
  if (behaviour === 'is broken') await truncate(path);
  return { teacher, again, request, [Symbol.asyncDispose]: () => teacher[Symbol.asyncDispose]() };
}

keepsToTheContract({
  name: 'a journal',
  key: KEY,
  open: (behaviour) => openReplay(behaviour),
  openOther: () => openReplay('answers', 'other'),
  broken: 'journal_unreadable',
  waits: false,
});

/** A provider's batches, put one request at a time. */
class OneByOne implements Teacher {
  readonly #teacher: BatchTeacher;
  #last: Promise<unknown> = Promise.resolve();

  constructor(teacher: BatchTeacher) {
    this.#teacher = teacher;
  }

  get id() {
    return this.#teacher.id;
  }

  get server() {
    return this.#teacher.server;
  }

  ask(request: TeacherRequest, { signal, stopWaiting }: AskOptions = {}) {
    const asked = this.#last.then(async () => {
      const replies = this.#teacher.askAll([request], { signal: signal ?? stopWaiting });
      for await (const { reply } of replies) return reply;
      throw new Error('no reply');
    });
    this.#last = asked.catch(() => {});
    return asked;
  }

  [Symbol.asyncDispose]() {
    return this.#teacher[Symbol.asyncDispose]();
  }
}

async function openBatches(behaviour: Behaviour, model = 'm'): Promise<OpenedTeacher> {
  const server = await startScriptedBatches({
    result: ({ custom_id }) => {
      const isGood = behaviour !== 'fails';
      const choices = [{ finish_reason: 'stop', message: { content: JSON.stringify(ANSWER) } }];
      const error = { error: { message: `So you are Bearer ${KEY}?` } };
      const body = isGood ? { model: 'batched', choices } : error;
      return { custom_id, response: { status_code: isGood ? 200 : 400, body } };
    },
    ends: behaviour === 'is broken' ? 'failed' : 'completed',
    looks: 1,
  });
  const again = async () =>
    new OneByOne(
      new BatchTeacher({ model, baseUrl: server.baseUrl, statePath: newPath(), clock: new FakeClock() }),
    );
  const teacher = await again();
  const close = async () => {
    await teacher[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { teacher, again, request, [Symbol.asyncDispose]: close };
}

keepsToTheContract({
  name: 'a provider’s batches',
  key: KEY,
  open: (behaviour) => openBatches(behaviour),
  openOther: () => openBatches('answers', 'other'),
  broken: 'teacher_unusable',
  waits: false,
});
