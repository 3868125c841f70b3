import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFailure, lockHolder, OutputLock } from '../../src/output/output-lock.js';

const HOLDER = fileURLToPath(new URL('programs/lock-holder.mjs', import.meta.url));
const SELF = `${process.pid} ${hostname()}`;

let directory: string;
let path: string;
let contenders: Contender[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'output-lock-'));
  path = join(directory, 'lock');
  contenders = [];
});
afterEach(async () => {
  await Promise.all(contenders.map((contender) => contender.kill()));
  await rm(directory, { recursive: true });
});

/** A process that wants the lock. */
class Contender {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.child = spawn(process.execPath, [HOLDER, path], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = linesOf(this.child.stdout!);
    contenders.push(this);
  }

  async line(): Promise<string> {
    return (await this.#lines.next()).value;
  }

  go(): void {
    this.child.stdin!.write('go\n');
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }
}

async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}

/** A process that holds the lock. */
async function startHolder(): Promise<Contender> {
  const holder = new Contender();
  expect(await holder.line()).toBe('ready');
  holder.go();
  expect(await holder.line()).toBe('held');
  return holder;
}

describe('OutputLock', () => {
  it('names its process and is gone when released', async () => {
    expect(await lockHolder(path)).toBeUndefined();
    const lock = await OutputLock.acquire(path);
    expect(lock.isGuarding).toBe(true);
    expect(await lockHolder(path)).toBe(SELF);
    await lock.release();
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
    await (await OutputLock.acquire(path)).release();
  });

  it('is refused within one process, which keeps it', async () => {
    const lock = await OutputLock.acquire(path);
    await expect(OutputLock.acquire(path)).rejects.toMatchObject({
      code: 'output_unwritable',
      message: `Process ${process.pid} on ${hostname()} is writing this output.`,
    });
    expect(await lockHolder(path)).toBe(SELF);
    const other = new Contender();
    await other.line();
    other.go();
    expect(await other.line()).toContain(`Process ${process.pid} on `);
    await lock.release();
  });

  it('is refused while its process lives, and free once that is killed', async () => {
    const holder = await startHolder();
    await expect(OutputLock.acquire(path)).rejects.toMatchObject({
      message: `Process ${holder.child.pid} on ${hostname()} is writing this output.`,
      remedy: expect.stringContaining(path),
    });
    expect(await lockHolder(path)).toBe(`${holder.child.pid} ${hostname()}`);
    await holder.kill();
    expect(await lockHolder(path)).toBeUndefined();
    const lock = await OutputLock.acquire(path);
    expect(await lockHolder(path)).toBe(SELF);
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('goes to exactly one of twenty processes that come upon a dead one', async () => {
    for (let round = 0; round < 3; round++) {
      await (await startHolder()).kill();
      const racers = Array.from({ length: 20 }, () => new Contender());
      for (const racer of racers) expect(await racer.line()).toBe('ready');
      for (const racer of racers) racer.go();
      const outcomes = await Promise.all(racers.map((racer) => racer.line()));
      expect(outcomes.filter((outcome) => outcome === 'held')).toHaveLength(1);
      for (const outcome of outcomes) expect(outcome).toMatch(/^held$|^output_unwritable: .* is writing/);
      const winner = racers[outcomes.indexOf('held')]!;
      expect(await lockHolder(path)).toBe(`${winner.child.pid} ${hostname()}`);
      await Promise.all(racers.map((racer) => racer.kill()));
    }
  });

  it('is never held twice while many take it and let it go', async () => {
    const turns = Array.from({ length: 8 }, async () => {
      const contender = new Contender();
      await contender.line();
      contender.go();
      const outcome = await contender.line();
      if (outcome === 'held') expect(await lockHolder(path)).toBe(`${contender.child.pid} ${hostname()}`);
      contender.child.stdin!.end();
      return outcome;
    });
    expect(await Promise.all(turns)).toContain('held');
  });

  it('is free where a process of another host has left it', async () => {
    await (await startHolder()).kill();
    const left = new Database(path);
    left.prepare('UPDATE holder SET process = ?').run('1 another-host');
    left.close();
    expect(await lockHolder(path)).toBeUndefined();
    await (await OutputLock.acquire(path)).release();
  });

  it.each(['', 'nonsense', '1 another-host', 'x'.repeat(10_000)])(
    'is free where %j lies',
    async (content) => {
      await writeFile(path, content);
      expect(await lockHolder(path)).toBeUndefined();
      const lock = await OutputLock.acquire(path);
      expect(await lockHolder(path)).toBe(SELF);
      await lock.release();
    },
  );

  it('passes on why its file cannot be made', async () => {
    await expect(OutputLock.acquire(join(directory, 'none', 'lock'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await writeFile(path, '');
    await expect(OutputLock.acquire(join(path, 'lock'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});

describe('lockFailure', () => {
  it.each([
    ['SQLITE_IOERR_LOCK', /has no file locks/, /local disk/],
    ['SQLITE_PROTOCOL', /has no file locks/, /local disk/],
    ['SQLITE_IOERR_CHECKRESERVEDLOCK', /has no file locks/, /local disk/],
    ['SQLITE_IOERR_WRITE', /cannot be locked/, /space/],
    ['SQLITE_PERM', /cannot be locked/, /permissions/],
  ])('%s', (code, message, remedy) => {
    expect(lockFailure('out.lock', code)).toMatchObject({
      code: 'output_unwritable',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });
});
