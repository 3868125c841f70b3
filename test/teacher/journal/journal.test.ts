import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTeacher } from '../../../src/teacher/create-teacher.js';
import { formatJournalEntry, type JournalEntry } from '../../../src/teacher/journal/journal-entry.js';
import { RecordingTeacher } from '../../../src/teacher/journal/recording-teacher.js';
import { ReplayTeacher } from '../../../src/teacher/journal/replay-teacher.js';
import { TeacherJournal } from '../../../src/teacher/journal/teacher-journal.js';
import { requestHash } from '../../../src/teacher/reply/request-hash.js';
import {
  NO_USAGE,
  type Teacher,
  type TeacherReply,
  type TeacherRequest,
} from '../../../src/teacher/teacher.js';
import { ANSWER, teacherRequest } from '../../helpers/teacher-requests.js';

const ANSWERED: TeacherReply = {
  kind: 'answered',
  fields: ANSWER,
  rawText: 'raw\n"text" 🙂',
  model: 'm',
  usage: { promptTokens: 1, completionTokens: 2, cost: null, estimated: true },
  retries: 1,
  milliseconds: 12.5,
  format: 'markers',
};
const FAILED: TeacherReply = {
  kind: 'failed',
  reason: 'truncated',
  detail: 'Cut off.',
  rawText: null,
  model: 'm',
  usage: NO_USAGE,
  retries: 0,
  milliseconds: 1,
  format: null,
};

let folder: string;
let files = 0;
const newPath = () => join(folder, `${files++}.jsonl`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterAll(() => rm(folder, { recursive: true }));

function entryOf(request: TeacherRequest, reply: TeacherReply): JournalEntry {
  return { key: request.key, requestHash: requestHash(request), teacher: 't', reply };
}

describe('a journal', () => {
  it('holds an entry as soon as its append is over, and replays it', async () => {
    const path = newPath();
    const requests = [teacherRequest(), teacherRequest({ key: 'row-2' })];
    const journal = await TeacherJournal.open(path);
    await journal.append(entryOf(requests[0]!, ANSWERED));
    expect(await readFile(path, 'utf8')).toBe(formatJournalEntry(entryOf(requests[0]!, ANSWERED)));
    await journal.append(entryOf(requests[1]!, FAILED));
    await journal[Symbol.asyncDispose]();
    await using replay = await ReplayTeacher.open(path);
    expect(await replay.ask(requests[0]!)).toEqual(ANSWERED);
    expect(await replay.ask(requests[1]!)).toEqual(FAILED);
  });

  it('keeps the order of appends that come at once', async () => {
    const path = newPath();
    const keys = Array.from({ length: 100 }, (_, i) => `row-${i}`);
    {
      await using journal = await TeacherJournal.open(path);
      await Promise.all(keys.map((key) => journal.append(entryOf(teacherRequest({ key }), ANSWERED))));
    }
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).key)).toEqual(keys);
  });

  it('goes on behind the last whole line, wherever a crash cut it off', async () => {
    const [first, second] = [teacherRequest({ key: 'a' }), teacherRequest({ key: 'b' })];
    const line = formatJournalEntry(entryOf(first, { ...ANSWERED, rawText: 'x'.repeat(100_000) }));
    const bytes = Buffer.from(line + line);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async (cut) => {
        const path = newPath();
        await writeFile(path, bytes.subarray(0, cut));
        {
          await using journal = await TeacherJournal.open(path);
          await journal.append(entryOf(second, FAILED));
        }
        await using replay = await ReplayTeacher.open(path);
        expect(await replay.ask(second)).toEqual(FAILED);
        expect((await replay.ask(first)).kind).toBe(cut >= bytes.length / 2 ? 'answered' : 'failed');
      }),
      { numRuns: 30 },
    );
  });

  it('cannot be opened where nothing can be written', async () => {
    await expect(TeacherJournal.open(join(folder, 'no', 'such', 'folder'))).rejects.toMatchObject({
      code: 'output_unwritable',
    });
  });
});

describe('a replay', () => {
  it('answers only exactly the same request', async () => {
    const path = newPath();
    await writeFile(path, formatJournalEntry(entryOf(teacherRequest(), ANSWERED)));
    await using replay = await ReplayTeacher.open(path);
    const changes: Partial<TeacherRequest>[] = [
      { key: 'other' },
      { system: 'other' },
      { user: 'other' },
      { maxTokens: 101 },
      { temperature: 0.1 },
      { topP: 0.9 },
      { seed: 1 },
      { schema: { ...teacherRequest().schema, placeholders: [] } },
    ];
    for (const change of changes) {
      const reply = await replay.ask(teacherRequest(change));
      expect(reply).toMatchObject({ kind: 'failed', reason: 'replay_missing' });
    }
    expect((await replay.ask(teacherRequest())).kind).toBe('answered');
  });

  it('gives the last of several replies, and passes over an unfinished last line', async () => {
    const path = newPath();
    const request = teacherRequest();
    await writeFile(path, [FAILED, ANSWERED].map((r) => formatJournalEntry(entryOf(request, r))).join(''));
    await appendFile(path, formatJournalEntry(entryOf(request, FAILED)).slice(0, -20));
    await using replay = await ReplayTeacher.open(path);
    expect(await replay.ask(request)).toEqual(ANSWERED);
  });

  it('reads replies that were written in an earlier spelling', async () => {
    const path = newPath();
    const requests = [teacherRequest(), teacherRequest({ key: 'row-2' })];
    const spelled = (entry: JournalEntry, kind: string) => {
      const { format, ...reply } = entry.reply;
      return `${JSON.stringify({ ...entry, reply: { ...reply, kind, mode: format } })}\n`;
    };
    await writeFile(
      path,
      spelled(entryOf(requests[0]!, ANSWERED), 'answered') +
        spelled(entryOf(requests[1]!, FAILED), 'rejected'),
    );
    await using replay = await ReplayTeacher.open(path);
    expect(await replay.ask(requests[0]!)).toEqual(ANSWERED);
    expect(await replay.ask(requests[1]!)).toEqual(FAILED);
  });

  it('names the line that is none', async () => {
    const path = newPath();
    await writeFile(path, `${formatJournalEntry(entryOf(teacherRequest(), ANSWERED))}{"key": "x"}\n`);
    await expect(ReplayTeacher.open(path)).rejects.toMatchObject({
      code: 'journal_unreadable',
      message: expect.stringContaining(`${path}, line 2`),
    });
    await expect(ReplayTeacher.open(join(folder, 'none'))).rejects.toMatchObject({
      code: 'journal_unreadable',
    });
  });

  it('is named after the journal’s contents', async () => {
    const [a, b] = [newPath(), newPath()];
    for (const path of [a, b]) await writeFile(path, formatJournalEntry(entryOf(teacherRequest(), ANSWERED)));
    await using first = await ReplayTeacher.open(a);
    await using second = await ReplayTeacher.open(b);
    expect(first.id).toBe(second.id);
    await appendFile(b, formatJournalEntry(entryOf(teacherRequest(), FAILED)));
    await using third = await ReplayTeacher.open(b);
    expect(third.id).not.toBe(first.id);
  });
});

describe('recording', () => {
  it('has the reply on disk before it is given', async () => {
    const path = newPath();
    const inner: Teacher = {
      id: 'openai:x',
      server: null,
      ask: async () => ANSWERED,
      [Symbol.asyncDispose]: async () => {},
    };
    await using teacher = new RecordingTeacher(inner, await TeacherJournal.open(path));
    await teacher.ask(teacherRequest());
    await using replay = await createTeacher(`replay:${path}`);
    expect(await replay.ask(teacherRequest())).toEqual(ANSWERED);
    expect(teacher.id).toBe('openai:x');
  });
});

describe('createTeacher', () => {
  it('takes everything behind the first colon for the name', async () => {
    await using teacher = await createTeacher('openai:llama3:8b', { baseUrl: 'http://localhost:1/v1' });
    expect(teacher).toMatchObject({
      id: 'openai:llama3:8b@http://localhost:1/v1',
      server: { endpoint: 'http://localhost:1/v1' },
    });
  });

  it.each(['', 'gpt-4o', 'openai:', 'http://localhost'])('turns %j down', async (spec) => {
    await expect(createTeacher(spec)).rejects.toMatchObject({ code: 'invalid_option' });
  });

  it('records what it replays when given a journal', async () => {
    const [from, to] = [newPath(), newPath()];
    await writeFile(from, formatJournalEntry(entryOf(teacherRequest(), ANSWERED)));
    {
      await using teacher = await createTeacher(`replay:${from}`, { journal: to });
      await teacher.ask(teacherRequest());
    }
    await using again = await createTeacher(`replay:${to}`);
    expect(await again.ask(teacherRequest())).toEqual(ANSWERED);
  });
});
