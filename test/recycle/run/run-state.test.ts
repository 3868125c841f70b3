import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scoredMetric } from '../../../src/domain/score.js';
import { RunState } from '../../../src/recycle/run/run-state.js';
import type { TeacherReply } from '../../../src/teacher/teacher.js';
import { type ReplyOfVersion1, writeStateOfVersion1 } from './state-of-version-1.js';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'run-state-'));
  path = join(directory, 'state.db');
});
afterEach(() => rm(directory, { recursive: true }));

function reply(cost: number | null, retries = 0): TeacherReply {
  return {
    ...{
      kind: 'answered',
      fields: { better_answer: 'Yes.\u0000\u2028' },
      rawText: 'Yes.',
      format: 'markers',
    },
    ...{ model: 'm', usage: { promptTokens: 3, completionTokens: 4, cost, estimated: false } },
    ...{ retries, milliseconds: 12.5 },
  };
}

const REFUSAL: TeacherReply = {
  ...{ kind: 'failed', reason: 'refused', detail: 'No.', rawText: null, format: null },
  ...{ model: 'm', usage: { promptTokens: 3, completionTokens: 0, cost: 0.5, estimated: true } },
  ...{ retries: 2, milliseconds: 1 },
};

function versionIn(path: string): unknown {
  const database = new Database(path, { readonly: true });
  try {
    return database.pragma('user_version', { simple: true });
  } finally {
    database.close();
  }
}

describe('RunState', () => {
  it('keeps the first reply to a request, for readers beside the writer too', () => {
    using state = RunState.open(path);
    state.keepReply('a', reply(0.25));
    state.keepReply('a', REFUSAL);
    using reader = RunState.openToRead(path)!;
    expect(reader.reply('a')).toEqual(reply(0.25));
    expect(reader.reply('b')).toBeUndefined();
    state.keepReply('b', REFUSAL);
    state.keepReply('c', reply(null));
    expect(reader.teacherTotals).toEqual({
      ...{ answered: 2, failed: 1, promptTokens: 9, completionTokens: 8 },
      ...{ cost: 0.75, unpriced: 1, retries: 2 },
      failures: [{ reason: 'refused', count: 1, detail: 'No.' }],
    });
  });

  it('asks anew for what failed, and goes on counting what that took', () => {
    using state = RunState.open(path);
    state.keepReply('a', reply(1));
    state.keepReply('b', REFUSAL);
    const before = state.teacherTotals;
    state.forgetFailed();
    state.forgetFailed();
    expect([state.reply('a'), state.reply('b')]).toEqual([reply(1), undefined]);
    expect(state.teacherTotals).toEqual(before);
    state.keepReply('b', reply(2));
    expect(state.reply('b')).toEqual(reply(2));
  });

  it('sums costs to the same total in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (costs) => {
        const total = (order: readonly number[]) => {
          using state = RunState.open(':memory:');
          for (const [i, cost] of order.entries()) state.keepReply(String(i), reply(cost));
          return state.teacherTotals.cost;
        };
        expect(total(costs.toReversed())).toBe(total(costs));
        expect(total(costs)).toBeCloseTo(
          costs.reduce((sum, cost) => sum + cost, 0),
          6,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('keeps every bit of a score, and progress', () => {
    const anyNumber = fc.double({ max: 0, noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(anyNumber, anyNumber, fc.boolean(), (a, b, truncated) => {
        using state = RunState.open(':memory:');
        const span = (sumLogprob: number) => ({ sumLogprob, tokenCount: 7 });
        const score = scoredMetric(span(a), span(b), truncated);
        state.keepScores(new Map([['k', score]]));
        const kept = state.score('k');
        // the ratio overflows now and then
        expect(kept).toMatchObject({ kind: 'scored', truncated, ratio: score.ratio });
        // JSON writes -0 as 0, which is the same loss.
        expect(kept?.kind === 'scored' && kept.conditioned.sumLogprob === a).toBe(true);
        expect(state.scoreCount).toBe(1);
      }),
    );
    using state = RunState.open(path);
    expect(state.progress).toBeUndefined();
    state.progress = { rows: 1, bytes: 2, totalBytes: 4 };
    state.progress = { rows: 2, bytes: 3, totalBytes: 4 };
    expect(state.progress).toEqual({ rows: 2, bytes: 3, totalBytes: 4 });
  });

  it('brings a state of version 1 up to date, with every reply that was paid for', () => {
    const { format, ...answer } = { ...reply(0.25), mode: 'json_schema' as const };
    const { kind, format: _, ...facts } = REFUSAL;
    // more than are respelled at a time
    const keys = Array.from({ length: 1234 }, (_, i) => `key ${i}`);
    const isRefused = (i: number) => i % 3 === 1;
    const earlier = keys.map((key, i) => {
      const kept = isRefused(i)
        ? { ...facts, kind: 'rejected', mode: null }
        : { ...answer, kind: 'answered' };
      return [key, kept as ReplyOfVersion1] as const;
    });
    writeStateOfVersion1(path, new Map(earlier));
    const expected = (i: number) => (isRefused(i) ? REFUSAL : { ...reply(0.25), format: 'json_schema' });

    const told = (state: RunState) => {
      for (const [i, key] of keys.entries()) expect(state.reply(key)).toEqual(expected(i));
      expect(state.teacherTotals).toMatchObject({ answered: 823, failed: 411 });
      expect(state.progress).toEqual({ rows: 7, bytes: 70, totalBytes: 100 });
      return state.teacherTotals;
    };
    using before = RunState.openToRead(path)!;
    const totals = told(before);
    expect(versionIn(path)).toBe(1);
    using state = RunState.open(path);
    expect(told(state)).toEqual(totals);
    expect(versionIn(path)).toBe(2);
    state.keepReply('new', REFUSAL);
    using again = RunState.openToRead(path)!;
    expect([again.reply('new'), again.reply('key 0')]).toEqual([REFUSAL, expected(0)]);
  });

  it('leaves a state of version 1 as it is when it cannot be brought up to date', () => {
    writeStateOfVersion1(path, new Map([['a', { ...reply(1), kind: 'answered' }]]));
    const database = new Database(path);
    database.prepare("INSERT INTO replies VALUES (9, 'b', 0, 0, 0, 0, 0, 'torn')").run();
    database.close();
    expect(() => RunState.open(path)).toThrowError(expect.objectContaining({ code: 'journal_unreadable' }));
    expect(versionIn(path)).toBe(1);
  });

  it('refuses what is no state, or one of another version', async () => {
    const database = new Database(path);
    database.exec('CREATE TABLE somebodys (thing)');
    expect(() => RunState.openToRead(path)).toThrowError(
      expect.objectContaining({ code: 'journal_unreadable', message: expect.stringContaining('no state') }),
    );
    database.pragma('user_version = 99');
    database.close();
    for (const open of [RunState.open, RunState.openToRead]) {
      expect(() => open(path)).toThrowError(
        expect.objectContaining({ message: expect.stringMatching(/99/) }),
      );
    }
    await writeFile(path, 'x'.repeat(5000));
    expect(() => RunState.open(path)).toThrowError(expect.objectContaining({ code: 'journal_unreadable' }));
  });
});
