import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ReflectionError } from '../../../src/errors.js';
import { TeacherReflections } from '../../../src/recycle/reflections/teacher-reflections.js';
import { KeptReplies } from '../../../src/recycle/replies/kept-replies.js';
import { LiveReplies } from '../../../src/recycle/replies/live-replies.js';
import { RunState } from '../../../src/recycle/run/run-state.js';
import { INSTRUCTION_PROMPT } from '../../../src/reflection/instruction-prompt.js';
import { RESPONSE_PROMPT } from '../../../src/reflection/response-prompt.js';
import {
  type AskOptions,
  NO_USAGE,
  type Teacher,
  type TeacherReply,
  type TeacherRequest,
} from '../../../src/teacher/teacher.js';
import { untilAborted } from '../../../src/util/linked-abort.js';
import { turnOf } from '../rows/turns.js';

let directory: string;
let state: RunState;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'teacher-reflections-'));
  state = RunState.open(join(directory, 'state.db'));
});
afterEach(async () => {
  state[Symbol.dispose]();
  await rm(directory, { recursive: true });
});

const SAMPLE = { instruction: 'Name a colour.', input: '', output: 'Red.' };
const TURN = turnOf(SAMPLE);

function answer(request: TeacherRequest, better: string): TeacherReply {
  const fields = Object.fromEntries(request.schema.fields.map(({ name }) => [name, better]));
  const facts = { model: 'm', usage: NO_USAGE, retries: 0, milliseconds: 1 };
  return { kind: 'answered', fields, rawText: better, format: 'grammar', ...facts };
}

type Reply = TeacherReply | Promise<TeacherReply>;

/** A teacher of the given wits, and what it was asked. */
function teacherWith(reply: (request: TeacherRequest, asked: number, options?: AskOptions) => Reply) {
  const asked: TeacherRequest[] = [];
  const teacher: Teacher = {
    id: 'test:1',
    server: null,
    async ask(request, options) {
      const place = asked.push(request);
      await new Promise(setImmediate);
      return reply(request, place, options);
    },
    async [Symbol.asyncDispose]() {},
  };
  const reflectionsFrom = (stopAsking = new AbortController().signal) =>
    new TeacherReflections({
      teacherId: teacher.id,
      prompts: { instruction: INSTRUCTION_PROMPT, response: RESPONSE_PROMPT },
      sampling: { maxTokens: 2048, temperature: 0 },
      replies: new LiveReplies({
        ...{ teacher, kept: new KeptReplies(state), stopAsking },
        hangUp: new AbortController().signal,
      }),
    });
  return { asked, reflectionsFrom };
}

describe('TeacherReflections', () => {
  it('puts one request once, whoever waits for it and whoever asks later', async () => {
    const { asked, reflectionsFrom } = teacherWith((request, n) => answer(request, `Answer ${n}.`));
    const reflections = reflectionsFrom();
    const both = await Promise.all([
      reflections.reflect(TURN, 'response', SAMPLE),
      reflections.reflect(TURN, 'both', SAMPLE),
    ]);
    expect(both[0]).toMatchObject({ kind: 'candidate', sample: { ...SAMPLE, output: 'Answer 1.' } });
    expect(both[1]).toEqual(both[0]);
    expect(await reflectionsFrom().reflect(TURN, 'response', SAMPLE)).toEqual(both[0]);
    await reflections.reflect(TURN, 'instruction', SAMPLE);
    expect(asked.map(({ schema }) => schema.name)).toEqual(['response_reflection', 'instruction_reflection']);
    expect(asked[0]!.key).not.toBe(asked[1]!.key);
  });

  it('tells a reply that fails from one that changes nothing', async () => {
    const { reflectionsFrom } = teacherWith((request, n) =>
      n === 1
        ? {
            ...{ kind: 'failed', reason: 'timeout', detail: 'Too slow.', rawText: null, format: null },
            ...{ model: 'm', usage: NO_USAGE, retries: 3, milliseconds: 1 },
          }
        : answer(request, SAMPLE.output),
    );
    const reflections = reflectionsFrom();
    expect(await reflections.reflect(TURN, 'instruction', SAMPLE)).toMatchObject({
      kind: 'failed',
      reason: 'timeout',
      detail: 'Too slow.',
    });
    expect(await reflections.reflect(TURN, 'response', SAMPLE)).toMatchObject({ kind: 'unchanged' });
    expect(state.teacherTotals).toMatchObject({ answered: 1, failed: 1, retries: 3 });
  });

  it('calls off who waits after what would go wrong with every request, and asks no more', async () => {
    const { asked, reflectionsFrom } = teacherWith(async (_, place, { stopWaiting } = {}) => {
      if (place === 1) throw new ReflectionError('teacher_unreachable', 'It is down.');
      return untilAborted(new Promise(() => {}), stopWaiting!);
    });
    const reflections = reflectionsFrom();
    const samples = ['a', 'b', 'c'].map((output) => ({ ...SAMPLE, output }));
    const reflectAll = () =>
      Promise.allSettled(samples.map((sample) => reflections.reflect(TURN, 'response', sample)));
    for (const results of [await reflectAll(), await reflectAll()]) {
      for (const result of results) expect(result).toMatchObject({ reason: { code: 'teacher_unreachable' } });
    }
    expect(asked).toHaveLength(3);
  });

  it('asks no more once it was told to stop', async () => {
    const { asked, reflectionsFrom } = teacherWith((request) => answer(request, 'Blue.'));
    await expect(
      reflectionsFrom(AbortSignal.abort()).reflect(TURN, 'response', SAMPLE),
    ).rejects.toMatchObject({ code: 'aborted' });
    expect(asked).toHaveLength(0);
  });
});
