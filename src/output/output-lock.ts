import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ReflectionError } from '../errors.js';

/** Process id and host name. */
const OWNER = /^(\d+) (.+)$/;

/** Locks held by this process, so that one naming our own id but missing here is known to be a leftover. */
const held = new Set<string>();

/** Keeps two processes from writing the same output: a file that names the process holding it. */
export class OutputLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /**
   * Takes over the lock of a process that is no longer alive.
   * @throws {ReflectionError} `output_unwritable` when another process holds it.
   */
  static async acquire(path: string): Promise<OutputLock> {
    const absolute = resolve(path);
    const self = `${process.pid} ${hostname()}`;
    if (held.has(absolute)) throw lockedBy(self, path);
    held.add(absolute);
    try {
      if (!(await create(absolute, self))) {
        const owner = await readOwner(absolute);
        if (owner !== '' && (await mayBeAlive(owner))) throw lockedBy(owner, path);
        await rm(absolute, { force: true });
        if (!(await create(absolute, self))) throw lockedBy('', path);
      }
      return new OutputLock(absolute);
    } catch (error) {
      held.delete(absolute);
      throw error;
    }
  }

  async release(): Promise<void> {
    if (!held.delete(this.#path)) return;
    await rm(this.#path, { force: true });
  }
}

async function create(path: string, owner: string): Promise<boolean> {
  try {
    await writeFile(path, owner, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** What a lock says; empty when the process that made it was killed before it could write its name. */
async function readOwner(path: string): Promise<string> {
  for (let patience = 10; ; patience--) {
    const owner = await readFile(path, 'utf8').catch(() => '');
    if (owner !== '' || patience === 0) return owner;
    await delay(100);
  }
}

/** Whether the owner still runs; one on another machine, or one that cannot be read, is taken to. */
async function mayBeAlive(owner: string): Promise<boolean> {
  const [, pid, host] = OWNER.exec(owner) ?? [];
  if (pid === undefined || host !== hostname()) return true;
  if (Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  // In a container nobody may collect the dead: on Linux their ids stay, as zombies.
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) Z /.test(state);
}

function lockedBy(owner: string, path: string): ReflectionError {
  const [, pid, host] = OWNER.exec(owner) ?? [];
  const who = pid === undefined ? 'Another process' : `Process ${pid} on ${host}`;
  return new ReflectionError('output_unwritable', `${who} is writing this output.`, {
    remedy: `Wait for it or choose another output; if there is no such process, delete ${path}.`,
  });
}
