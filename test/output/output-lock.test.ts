import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OutputLock } from '../../src/output/output-lock.js';
import { until } from '../helpers/until.js';

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'output-lock-'));
  path = join(directory, 'lock');
});
afterEach(() => rm(directory, { recursive: true }));

describe('OutputLock', () => {
  it('names the process and is gone when released', async () => {
    const lock = await OutputLock.acquire(path);
    expect(await readFile(path, 'utf8')).toBe(`${process.pid} ${hostname()}`);
    await lock.release();
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
    await (await OutputLock.acquire(path)).release();
  });

  it('is given to one of two that ask at once', async () => {
    const results = await Promise.allSettled([OutputLock.acquire(path), OutputLock.acquire(path)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const result of results) if (result.status === 'fulfilled') await result.value.release();
  });

  it('is refused while its process lives and taken over once it is dead', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await writeFile(path, `${child.pid} ${hostname()}`);
    await expect(OutputLock.acquire(path)).rejects.toMatchObject({
      code: 'output_unwritable',
      message: expect.stringContaining(`Process ${child.pid} on ${hostname()}`),
      remedy: expect.stringContaining(`delete ${path}`),
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await (await OutputLock.acquire(path)).release();
  });

  it.skipIf(process.platform !== 'linux')('is taken over from a zombie', async () => {
    // The shell starts a child that lives until its input ends, and replaces itself with a program that never collects it.
    const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 >/dev/null & echo $!; exec sleep 86400'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const ended = once(parent, 'exit');
    try {
      const [chunk] = await once(parent.stdout, 'data');
      const pid = String(chunk).trim();
      await until(async () => (await readFile(`/proc/${parent.pid}/comm`, 'utf8')) === 'sleep\n');
      parent.stdin.end();
      await until(async () => (await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z '));
      await writeFile(path, `${pid} ${hostname()}`);
      await (await OutputLock.acquire(path)).release();
    } finally {
      parent.kill('SIGKILL');
      await ended;
    }
  });

  it('takes over a leftover with its own process id', async () => {
    await writeFile(path, `${process.pid} ${hostname()}`);
    await (await OutputLock.acquire(path)).release();
  });

  it('is taken over when its owner was killed before it could write its name', async () => {
    await writeFile(path, '');
    await (await OutputLock.acquire(path)).release();
  });

  it.each(['nonsense', '1 another-host'])(
    'is refused when its owner cannot be checked: %j',
    async (owner) => {
      await writeFile(path, owner);
      await expect(OutputLock.acquire(path)).rejects.toMatchObject({ code: 'output_unwritable' });
      expect(await readFile(path, 'utf8')).toBe(owner);
    },
  );
});
