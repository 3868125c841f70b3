import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptReplies } from '../../../src/recycle/replies/kept-replies.js';
import { RunState } from '../../../src/recycle/run/run-state.js';
import { remedyFor } from '../../../src/teacher/failure-remedies.js';
import type { TeacherNotice } from '../../../src/teacher/notice.js';
import { NO_USAGE, type ReplyFailure, type TeacherReply } from '../../../src/teacher/teacher.js';
import { ANSWER } from '../../helpers/teacher-requests.js';

let directory: string;
let state: RunState;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kept-replies-'));
  state = RunState.open(join(directory, 'state.db'));
});
afterEach(async () => {
  state[Symbol.dispose]();
  await rm(directory, { recursive: true });
});

const ROW = { index: 6 };
const FACTS = { model: 'm', usage: NO_USAGE, retries: 0, milliseconds: 1, format: 'json_schema' } as const;
const answered: TeacherReply = { kind: 'answered', fields: ANSWER, rawText: '', ...FACTS };
const failed = (reason: ReplyFailure, detail: string): TeacherReply => ({
  ...{ kind: 'failed', reason, detail, rawText: null },
  ...FACTS,
});

describe('replies that failed', () => {
  it('are told of once for each reason, with the row, the words and the remedy of the first', () => {
    const notices: TeacherNotice[] = [];
    const kept = new KeptReplies(state, (notice) => notices.push(notice));
    kept.keep('a', failed('refused', 'No.'), ROW);
    kept.keep('b', failed('refused', 'Never.'), ROW);
    kept.keep('c', failed('empty', 'Nothing.'), ROW);
    expect(notices).toEqual([
      { kind: 'failed', reason: 'refused', detail: 'No.', row: 7, remedy: remedyFor('refused') },
      { kind: 'failed', reason: 'empty', detail: 'Nothing.', row: 7, remedy: remedyFor('empty') },
    ]);
  });

  it('are an error when there are no others, with each reason’s commonest words', () => {
    const kept = new KeptReplies(state);
    kept.requireUsable();
    for (const [key, words] of Object.entries({ a: 'Once.', b: 'Often.', c: 'Often.' })) {
      kept.keep(key, failed('server_error', words), ROW);
    }
    kept.keep('d', failed('empty', 'Nothing.'), ROW);
    expect(() => kept.requireUsable()).toThrow(
      expect.objectContaining({
        code: 'teacher_unusable',
        message: "None of the teacher's replies can be used. server_error (3): Often. empty (1): Nothing.",
        remedy: expect.stringContaining('`retryFailed`'),
      }),
    );
    kept.keep('e', answered, ROW);
    kept.requireUsable();
  });

  it('just before the teacher is over are not held against their rows, but count', () => {
    const kept = new KeptReplies(state);
    kept.keep('a', failed('server_error', 'Odd.'), ROW);
    kept.keep('b', answered, ROW);
    kept.keep('c', failed('server_error', 'Down.'), ROW);
    kept.keep('d', failed('timeout', 'Slow.'), ROW);
    kept.over();
    kept.keep('e', failed('timeout', 'Slow.'), ROW);
    expect(['a', 'b', 'c', 'd', 'e'].map((key) => state.reply(key)?.kind)).toEqual([
      ...['failed', 'answered'],
      ...[undefined, undefined, undefined],
    ]);
    expect(state.teacherTotals).toMatchObject({ answered: 1, failed: 4 });
  });

  it('that a model has written stay, whatever ends the run', () => {
    const kept = new KeptReplies(state);
    kept.keep('a', failed('server_error', 'Odd.'), ROW);
    kept.keep('b', failed('refused', 'No.'), ROW);
    kept.over();
    expect(state.reply('a')).toBeDefined();
    expect(state.reply('b')).toBeDefined();
  });

  it('are no error beside one that an earlier process got', () => {
    state.keepReply('a', answered);
    const kept = new KeptReplies(state);
    kept.keep('b', failed('empty', 'Nothing.'), ROW);
    expect(kept.find('a')).toEqual(answered);
    kept.requireUsable();
  });
});
