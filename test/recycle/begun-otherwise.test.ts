import { copyFile, readFile, writeFile } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recycle } from '../../src/recycle/recycle.js';
import { writeSplitPair } from '../gguf/fixtures/split-model.js';
import { asking, RecycleFixture, STUDENT, shortRows } from './recycle-fixture.js';
import { startRecyclingTeacher } from './recycling-teacher.js';

let fixture: RecycleFixture;
beforeEach(async () => {
  fixture = await RecycleFixture.create();
});
afterEach(() => fixture.remove());

describe('a run in a directory that was begun otherwise', () => {
  it('asks nothing again of what the first version was told', async () => {
    await using teacher = await startRecyclingTeacher((_, kind) =>
      kind === 'instruction' ? { kind: 'reply', content: null, refusal: 'No.' } : undefined,
    );
    await fixture.writeRows(await shortRows(2));
    const options = { ...fixture.place, ...asking(teacher), mode: 'v1' } as const;
    await recycle(options);
    const before = await fixture.outputs();
    const asked = teacher.asked.length;

    // what the first version would have left
    const state = new Database(fixture.path('run/state.db'));
    const replies = state.prepare<[], { id: number; reply: string }>('SELECT id, reply FROM replies');
    for (const { id, reply } of replies.all()) {
      const { format, ...rest } = JSON.parse(reply);
      const spelled = { ...rest, mode: format, kind: rest.kind === 'failed' ? 'rejected' : rest.kind };
      state.prepare('UPDATE replies SET reply = ? WHERE id = ?').run(JSON.stringify(spelled), id);
    }
    state.pragma('user_version = 1');
    state.close();
    const summary = JSON.parse(before['summary.json']!);
    const { failed, ...totals } = summary.teacher;
    await writeFile(
      fixture.path('run/summary.json'),
      JSON.stringify({ ...summary, teacher: { ...totals, rejected: failed } }),
    );

    expect(await recycle(options)).toMatchObject({ summary: { teacher: { answered: 2, failed: 2 } } });
    expect(teacher.asked).toHaveLength(asked);
    expect(await fixture.outputs()).toEqual(before);
  });

  const row = { instruction: 'Name a colour.', output: 'Red.' };
  const response = { output: 'Red is a colour, as the one of a ripe tomato.' };
  const rated = JSON.stringify({ ...row, candidates: { response } });
  const scoresOf = async () => (await fixture.rows('audit.jsonl')).map(({ scores }) => scores);

  it('keeps no decision of a split model of which another file than the first has changed', async () => {
    const { one, other } = await writeSplitPair(fixture.directory);
    const options = { ...fixture.place, ...STUDENT, student: one[0]!, mode: 'score-only' } as const;
    await fixture.writeRows([rated]);
    await recycle(options);
    const before = await scoresOf();
    await copyFile(other[1]!, one[1]!);
    await expect(recycle(options)).rejects.toMatchObject({
      code: 'resume_mismatch',
      message: expect.stringContaining('all scores will be computed anew (student was'),
    });
    await recycle({ ...options, acceptChanges: true });
    const [original] = await scoresOf();
    expect(original.original.ifd.value).not.toBe(before[0].original.ifd.value);
  });

  it('says that its scores would be rounded in another way, and computes them anew when told to', async () => {
    const options = { ...fixture.place, ...STUDENT, mode: 'score-only' } as const;
    await fixture.writeRows([rated]);
    await recycle(options);
    const before = await scoresOf();
    const path = fixture.path('run/manifest.json');
    const manifest = JSON.parse(await readFile(path, 'utf8'));
    const scoring = { ...manifest.scoring, kernels: 'of another machine' };
    await writeFile(path, JSON.stringify({ ...manifest, scoring }));
    await expect(recycle(options)).rejects.toMatchObject({
      code: 'resume_mismatch',
      message: expect.stringMatching(
        /rounded in another way \(kernels was "of another machine" and is [^;]*\)/,
      ),
    });
    await recycle({ ...options, acceptChanges: true });
    expect(await scoresOf()).toEqual(before);
  });
});
