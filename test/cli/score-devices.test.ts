import { execFileSync } from 'node:child_process';
import { mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXAMPLE_DATASET, TINY_STUDENT } from '../helpers/paths.js';
import { refusalOf, runCli, runCliWell, startCli } from '../helpers/run-cli.js';
import { until } from '../helpers/until.js';

const WAY = ['--student', TINY_STUDENT, '--deterministic', '--metrics', 'ifd'];
const TWO = ['--devices', 'cpu,cpu', '--threads', '2'];

let directory: string;
let output: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'score-devices-'));
  output = join(directory, 'scores.jsonl');
});
afterEach(() => rm(directory, { recursive: true }));

const score = (dataset: string, path: string, ...more: string[]) => {
  return ['score', dataset, ...WAY, '-o', path, ...more];
};

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
    const refused = async (...more: string[]) =>
      refusalOf(await runCli(score(EXAMPLE_DATASET, output, ...more)));
    expect((await refused('--devices', 'cpu,tpu')).message).toMatch(/--devices.*'cpu,tpu'/);
    expect((await refused('--devices', 'cpu,cuda:1')).message).toMatch(/different kinds/);
    expect((await refused('--devices', 'cpu', '--device', 'cpu')).message).toMatch(
      /--devices and --device cannot go together/,
    );
    expect((await refused('--device', 'cuda:x')).message).toMatch(/--device.*'cuda:x'/);
  });

  it.runIf(process.platform === 'linux')(
    'ends cleanly when its workers are killed, and is taken up to the same bytes as in one process',
    async () => {
      const rows = (await readFile(EXAMPLE_DATASET, 'utf8')).split('\n').slice(0, 24);
      const dataset = join(directory, 'rows.jsonl');
      await writeFile(dataset, `${rows.join('\n')}\n`);
      const whole = join(directory, 'whole.jsonl');
      await runCliWell(score(dataset, whole, '--device', 'cpu', '--threads', '2'));

      // a dataset that does not end, so that the run is certain to be under way
      const pipe = join(directory, 'pipe.jsonl');
      execFileSync('mkfifo', [pipe]);
      const feed = await open(pipe, 'r+');
      await feed.write(
        rows
          .slice(0, 20)
          .map((row) => `${row}\n`)
          .join(''),
      );
      const { child, ended } = startCli(score(pipe, output, ...TWO, '--batch-tokens', '32'));
      await until(async () => {
        expect(child.exitCode, 'the run ended early').toBeNull();
        return (await sizeOf(`${output}.partial`)) > 0;
      });
      const workers = await childrenOf(child.pid!);
      expect(workers).toHaveLength(2);
      for (const pid of workers) process.kill(pid, 'SIGKILL');
      // if they had nothing to do, now they would
      await feed.write(`${rows[20]}\n`);
      await feed.close();
      const refusal = refusalOf(await ended);
      expect(refusal.message).toBe('the worker on cpu has ended by itself (SIGKILL)');
      expect(refusal.remedy).toBeDefined();

      const { stderr } = await runCliWell(score(dataset, output, ...TWO, '--resume'));
      expect(stderr).toMatch(/^student .* on 2 processes, .*; chunked head, 2 threads/m);
      expect(stderr).toMatch(/^resuming: \d+ rows are done$/m);
      expect(await readFile(output, 'utf8')).toBe(await readFile(whole, 'utf8'));
    },
  );
});
