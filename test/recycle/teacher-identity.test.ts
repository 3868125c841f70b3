import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recycle } from '../../src/recycle/recycle.js';
import { reflect } from '../../src/recycle/reflect.js';
import { RecycleFixture, shortRows } from './recycle-fixture.js';
import { type RecyclingTeacher, startRecyclingTeacher } from './recycling-teacher.js';

const ROWS = 2;

let fixture: RecycleFixture;
let first: RecyclingTeacher;
let second: RecyclingTeacher;
beforeEach(async () => {
  fixture = await RecycleFixture.create();
  await fixture.writeRows(await shortRows(ROWS));
  [first, second] = [await startRecyclingTeacher(), await startRecyclingTeacher()];
  await recycle(fixture.options(first));
  expect(first.asked).toHaveLength(2 * ROWS);
});
afterEach(async () => {
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  await fixture.remove();
});

describe('a run whose teacher', () => {
  it('lives elsewhere now is refused, and asks there once that is accepted', async () => {
    const moved = fixture.options(second);
    await expect(recycle(moved)).rejects.toMatchObject({
      code: 'resume_mismatch',
      message: expect.stringMatching(
        new RegExp(`${new URL(first.baseUrl).port}.*${new URL(second.baseUrl).port}`, 's'),
      ),
      remedy: expect.stringContaining('`acceptChanges`'),
    });
    expect(second.asked).toHaveLength(0);
    const { kind } = await recycle({ ...moved, acceptChanges: true });
    expect(kind).toBe('finished');
    expect(second.asked).toHaveLength(2 * ROWS);
  });

  it('reflected before, and elsewhere, is refused, and the other way round', async () => {
    const toReflect = ({ baseUrl }: RecyclingTeacher) => ({
      ...{ dataset: fixture.dataset, output: fixture.path('reflected'), baseUrl },
      ...{ teacher: 'openai:scripted', retryWait: 0.001 },
    });
    const before = first.asked.length;
    await reflect(toReflect(first));
    const asked = first.asked.length - before;
    await expect(reflect(toReflect(second))).rejects.toMatchObject({
      code: 'resume_mismatch',
      message: expect.stringContaining('replies will not be used again'),
      remedy: expect.stringContaining('`acceptChanges`'),
    });
    const output = fixture.path('reflected');
    await expect(recycle(fixture.options(second, { output }))).rejects.toMatchObject({
      code: 'resume_mismatch',
    });
    expect(second.asked).toHaveLength(0);
    await recycle(fixture.options(first, { output }));
    expect(first.asked).toHaveLength(before + asked);
    const notes: string[] = [];
    await reflect({
      ...{ ...toReflect(second), acceptChanges: true },
      onStart: (start) => notes.push(...start.notes),
    });
    expect(notes).toEqual([expect.stringContaining('replies will not be used again')]);
    expect(second.asked).toHaveLength(asked);
  });

  it('is told what it was not told before is refused likewise', async () => {
    const extraBody = { reasoning_effort: 'low' };
    const changed = fixture.options(first, { extraBody });
    await expect(recycle(changed)).rejects.toMatchObject({ code: 'resume_mismatch' });
    await recycle({ ...changed, acceptChanges: true });
    expect(first.asked).toHaveLength(4 * ROWS);
    expect(first.server.seen.at(-1)!.body).toMatchObject(extraBody);
  });

  it('lives where it lived, by another name, is the same', async () => {
    const { port } = new URL(first.baseUrl);
    for (const baseUrl of [`http://localhost:${port}`, `http://127.0.0.1:${port}/v1/chat/completions`]) {
      expect((await recycle(fixture.options(first, { baseUrl }))).kind).toBe('complete');
    }
    expect(first.asked).toHaveLength(2 * ROWS);
  });
});
