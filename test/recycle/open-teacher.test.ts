import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTeacher } from '../../src/recycle/models/open-teacher.js';
import { runPaths } from '../../src/recycle/run/run-paths.js';
import { RunState } from '../../src/recycle/run/run-state.js';
import type { TeacherNotice } from '../../src/teacher/notice.js';
import type { Teacher, TeacherReply } from '../../src/teacher/teacher.js';
import { writeUnnamedPreTokenizer } from '../gguf/fixtures/unnamed-pre-tokenizer.js';
import { type ScriptedTeacherServer, startScriptedTeacher } from '../helpers/scripted-teacher-server.js';
import { ANSWER, teacherRequest } from '../helpers/teacher-requests.js';

const PRICE = { promptPrice: 1, replyPrice: 2 };

let directory: string;
let server: ScriptedTeacherServer;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'open-teacher-'));
  server = await startScriptedTeacher(() => ({
    kind: 'reply',
    content: JSON.stringify({ word: 'ready', ...ANSWER }),
  }));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** A teacher of a run that has had these replies before. */
async function openAfter(replies: readonly TeacherReply[], maxCost: number): Promise<Teacher> {
  const paths = runPaths(directory);
  using state = RunState.open(paths.state);
  for (const [i, reply] of replies.entries()) state.keepReply(`${i}`, reply);
  const options = { baseUrl: server.baseUrl, replyFormat: 'json_schema', ...PRICE, maxCost } as const;
  return (await openTeacher(
    { name: 'openai:m', isBatch: false, options },
    paths,
    state,
    undefined,
  )) as Teacher;
}

function earlier(cost: number | null): TeacherReply {
  const usage = { promptTokens: 1e6, completionTokens: 1e6, cost, estimated: false };
  const facts = { model: 'm', usage, retries: 0, milliseconds: 1, format: 'json_schema' } as const;
  return { kind: 'answered', fields: ANSWER, rawText: '', ...facts };
}

describe('the cost of a run', () => {
  it('has in it what earlier replies cost, at the present price where they had none', async () => {
    const replies = [earlier(0.5), earlier(null)];
    await using poor = await openAfter(replies, 3.5);
    await expect(poor.ask(teacherRequest())).rejects.toMatchObject({
      code: 'budget_exhausted',
      message: expect.stringContaining('3.5000 of 3.5 in cost'),
    });
    expect(server.seen).toHaveLength(0);
    await using rich = await openAfter(replies, 3.6);
    expect(await rich.ask(teacherRequest())).toMatchObject({ kind: 'answered' });
  });
});

describe('a teacher in this process', () => {
  it('is opened with what its file is warned of', async () => {
    const model = await writeUnnamedPreTokenizer(directory);
    using state = RunState.open(runPaths(directory).state);
    const notices: TeacherNotice[] = [];
    await using teacher = await openTeacher(
      {
        name: `gguf:${model}`,
        isBatch: false,
        options: { teacherDevice: 'cpu', threads: 1, concurrency: 1 },
      },
      runPaths(directory),
      state,
      (notice) => void notices.push(notice),
    );
    expect(teacher.server).toBeNull();
    const detail = expect.stringMatching(/^teacher old\.gguf: .*tokenizer\.ggml\.pre/);
    expect(notices).toEqual([{ kind: 'warning', detail }]);
  });
});
