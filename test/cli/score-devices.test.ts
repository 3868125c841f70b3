import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXAMPLE_DATASET, TINY_STUDENT } from '../helpers/paths.js';
import { refusalOf, runCli, runCliWell, startCli } from '../helpers/run-cli.js';

const WAY = ['--student', TINY_STUDENT, '--deterministic', '--metrics', 'ifd'];
const TWO = ['--devices', 'cpu,cpu', '--threads', '2'];

let directory: string;
let output: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'score-devices-'));
  output = join(directory, 'scores.jsonl');
});
afterEach(() => rm(directory, { recursive: true }));

const score = (path: string, ...more: string[]) => ['score', EXAMPLE_DATASET, ...WAY, '-o', path, ...more];

/** Processes that a process has started. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ').map(Number);
}

const sizeOf = (path: string) =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

describe('score --devices', () => {
  it('names devices that it cannot use', async () => {
    const refused = async (...more: string[]) => refusalOf(await runCli(score(output, ...more)));
    expect((await refused('--devices', 'cpu,tpu')).message).toMatch(/--devices.*'cpu,tpu'/);
    expect((await refused('--devices', 'cpu,cuda:1')).message).toMatch(/different kinds/);
    expect((await refused('--devices', 'cpu', '--device', 'cpu')).message).toMatch(/cannot be used with/);
    expect((await refused('--device', 'cuda:x')).message).toMatch(/--device.*'cuda:x'/);
  });

  it.runIf(process.platform === 'linux')(
    'ends cleanly when a worker is killed, and is taken up to the same bytes as in one process',
    async () => {
      const whole = join(directory, 'whole.jsonl');
      await runCliWell(score(whole, '--device', 'cpu', '--threads', '2'));

      const { child, ended } = startCli(score(output, ...TWO, '--batch-tokens', '32'));
      await vi.waitFor(async () => expect(await sizeOf(`${output}.partial`)).toBeGreaterThan(0), {
        timeout: 60_000,
        interval: 20,
      });
      const workers = await childrenOf(child.pid!);
      expect(workers).toHaveLength(2);
      process.kill(workers[1]!, 'SIGKILL');
      const refusal = refusalOf(await ended);
      expect(refusal.message).toBe('the worker on cpu has ended by itself (SIGKILL)');
      expect(refusal.remedy).toBeDefined();
      for (const pid of workers) expect(() => process.kill(pid, 0)).toThrow('ESRCH');

      const { stderr } = await runCliWell(score(output, ...TWO, '--resume'));
      expect(stderr).toMatch(/^student .* on 2 processes, .*; chunked head, 2 threads/m);
      expect(stderr).toMatch(/^resuming: \d+ rows are done$/m);
      expect(await readFile(output, 'utf8')).toBe(await readFile(whole, 'utf8'));
    },
  );
});
