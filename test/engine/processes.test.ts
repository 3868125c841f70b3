import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

interface End {
  /** Exit status; null when a signal ended the process. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of test/engine/fixtures/programs in a process of its own until it ends. */
function runProgram(
  name: string,
  args: readonly string[] = [],
  nodeFlags: readonly string[] = [],
  under: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<End> {
  const file = fileURLToPath(new URL(`fixtures/programs/${name}.mjs`, import.meta.url));
  const [command, ...rest] = [...under, process.execPath, ...nodeFlags, file, ...args];
  return new Promise((resolve) => {
    const child = execFile(
      command!,
      rest,
      { env: { ...process.env, ...environment } },
      (_, stdout, stderr) => {
        resolve({ status: child.exitCode, signal: child.signalCode, stdout: stdout.trim(), stderr });
      },
    );
    // should it hang
    onTestFinished(() => void child.kill('SIGKILL'));
  });
}

const ended = (status: number, stdout = ''): End => ({ status, signal: null, stdout, stderr: '' });

describe('worker threads', () => {
  it('may be terminated in any state, or simply end', async () => {
    expect(await runProgram('terminate-workers')).toEqual(ended(3, 'still scoring'));
  });
});

describe('a process', () => {
  it.each([
    [7, ['exit']],
    [7, ['exit-while-loading', '0']],
    [7, ['exit-while-loading', '30']],
    [7, ['exit-while-loading', '100']],
    [7, ['close']],
    [0, ['idle']],
  ] as const)('ends with status %d, never by a signal: %o', async (status, args) => {
    expect(await runProgram('end', args)).toEqual(ended(status));
  });

  it('ends by an exception while scoring as any other does', async () => {
    expect(await runProgram('end', ['throw'])).toMatchObject({
      status: 1,
      signal: null,
      stderr: expect.stringContaining('thrown on purpose'),
    });
  });
});

describe('students that are not closed', () => {
  it('are collected once nothing is pending', async () => {
    expect(await runProgram('collect-garbage', [], ['--expose-gc'])).toEqual(ended(0, 'collected'));
  });
});

describe('the event loop', () => {
  it('turns while students load, tokenize and score', async () => {
    const end = await runProgram('count-turns');
    expect(end).toMatchObject({ status: 0, signal: null, stderr: '' });
    const turns: Record<string, number> = JSON.parse(end.stdout);
    expect(Object.keys(turns)).toEqual(['loading', 'tokenizing', 'scoring']);
    // one or two would be a call that blocks until its work is done
    for (const count of Object.values(turns)) expect(count).toBeGreaterThan(10);
  });
});

describe('memory', () => {
  it('does not grow from student to student', async () => {
    // glibc keeps what is freed, in a heap for every thread, unless it is told not to
    const givingBack = {
      MALLOC_ARENA_MAX: '1',
      MALLOC_TRIM_THRESHOLD_: '65536',
      MALLOC_MMAP_THRESHOLD_: '65536',
    };
    const end = await runProgram('load-and-close', [], ['--expose-gc'], [], givingBack);
    expect(end).toMatchObject({ status: 0, signal: null, stderr: '' });
    const resident: readonly number[] = JSON.parse(end.stdout);
    expect(resident).toHaveLength(30);
    // a student takes over 40 MiB; a tenth of it left behind by each of 20 would be 80
    expect(resident.at(-1)! - resident[9]!).toBeLessThan(40 * 2 ** 20);
  });
});

describe('a job beyond all memory', () => {
  it.runIf(process.platform === 'linux')('is refused, and the student scores on', async () => {
    // 3 GB of addresses: enough for Node, a student and the job, not for its copy
    const under = ['sh', '-c', 'ulimit -v 3000000 && exec "$@"', 'sh'];
    expect(await runProgram('job-beyond-memory', [], [], under)).toEqual(ended(0, 'out_of_memory'));
  });
});

describe('beside node-llama-cpp', () => {
  it.each(['ours', 'theirs'])('both addons work, %s loaded first', async (first) => {
    expect(await runProgram('beside-node-llama-cpp', [first])).toEqual(ended(0, 'both work'));
  });
});
