import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RunState } from '../../../src/recycle/run/run-state.js';
import { runStatus } from '../../../src/recycle/run/run-status.js';
import { renderStatus } from '../../../src/report/render-status.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-cut-off-'));
});
afterAll(() => rm(folder, { recursive: true }));

let directory: string;
let runs = 0;
beforeEach(async () => {
  directory = join(folder, `run-${runs++}`);
  await mkdir(directory);
});

const state = () => join(directory, 'state.db');

/** What the first write has put on the disk when it is cut off: the file, and the journal to undo it by. */
async function firstWriteCutOff(): Promise<readonly [file: Buffer, journal: Buffer]> {
  const path = join(folder, 'cut-off.db');
  const database = new Database(path);
  // What does not fit in memory is written before the transaction ends.
  database.pragma('cache_size = 1');
  database.exec(`BEGIN; CREATE TABLE t (x); ${`INSERT INTO t VALUES (randomblob(3000)); `.repeat(4)}`);
  const written = [await readFile(path), await readFile(`${path}-journal`)] as const;
  database.close();
  await rm(path);
  return written;
}

/** What a whole state has put there before its log is taken into the file. */
async function logOfState(): Promise<readonly [file: Buffer, log: Buffer]> {
  const path = join(folder, 'whole.db');
  using _ = RunState.open(path);
  return [await readFile(path), await readFile(`${path}-wal`)];
}

/** That nothing is kept is said as it is, and the same command goes on from there. */
async function expectBegun(): Promise<void> {
  expect(RunState.openToRead(state())).toBeUndefined();
  const status = await runStatus(directory);
  expect(status).toMatchObject({ phase: 'begun', progress: undefined, scores: 0, teacher: { answered: 0 } });
  expect(renderStatus(status)).toMatch(
    /^run +ended before anything was kept; the same command begins anew$/m,
  );
  expectUsable();
}

function expectUsable(): void {
  using opened = RunState.open(state());
  opened.progress = { rows: 1, bytes: 2, totalBytes: 3 };
  using reader = RunState.openToRead(state());
  expect(reader?.progress).toEqual({ rows: 1, bytes: 2, totalBytes: 3 });
}

describe('a state that was being made when its process was killed', () => {
  it.each([0, 1, 16, 100, 512, 4095, 4096, 8192])(
    'holds nothing, cut off in its first write after %i bytes',
    async (length) => {
      const [file, journal] = await firstWriteCutOff();
      expect(file.length).toBeGreaterThanOrEqual(length);
      await writeFile(state(), file.subarray(0, length));
      await writeFile(`${state()}-journal`, journal);
      await expectBegun();
    },
  );

  it('holds nothing before its first write', async () => {
    await writeFile(state(), '');
    await expectBegun();
  });

  it('holds nothing, or all that it is made of, wherever its log is cut off', async () => {
    const [file, log] = await logOfState();
    const step = Math.ceil(log.length / 40);
    const lengths = Array.from({ length: 41 }, (_, i) => Math.min(i * step, log.length));
    const kept = [];
    for (const length of lengths) {
      await writeFile(state(), file);
      await writeFile(`${state()}-wal`, log.subarray(0, length));
      const reader = RunState.openToRead(state());
      kept.push(reader !== undefined);
      if (reader === undefined) await expectBegun();
      else {
        expect(reader.scoreCount).toBe(0);
        reader[Symbol.dispose]();
        expectUsable();
      }
      for (const ending of ['', '-wal', '-shm']) await rm(state() + ending, { force: true });
    }
    expect(kept.slice(0, 2)).toEqual([false, false]);
    expect(kept.at(-1)).toBe(true);
  });

  it('is none yet where there is only the lock', async () => {
    await writeFile(join(directory, 'run.lock'), '');
    await expectBegun();
  });
});

describe('what else lies in a directory', () => {
  it('is no run without a lock, a state or a manifest', async () => {
    await expect(runStatus(directory)).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: `${directory} is no run directory.`,
    });
  });

  it('is told of as a run where it is what `reflect` has left', async () => {
    RunState.open(state())[Symbol.dispose]();
    expect(await runStatus(directory)).toMatchObject({ phase: 'stopped', manifest: undefined });
    await copyFile(state(), join(directory, 'reflected.jsonl'));
    expect(renderStatus(await runStatus(directory))).toMatch(/^run +finished$/m);
  });

  it('is damaged where a state was made and is cut off afterwards', async () => {
    RunState.open(state())[Symbol.dispose]();
    const whole = await readFile(state());
    for (const length of [16, 1000, 4096]) {
      await writeFile(state(), whole.subarray(0, length));
      await expect(runStatus(directory)).rejects.toMatchObject({
        code: 'journal_unreadable',
        message: expect.stringContaining(state()),
      });
    }
  });
});
