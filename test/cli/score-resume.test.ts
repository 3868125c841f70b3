import { execFileSync } from 'node:child_process';
import { type FileHandle, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CliProcess,
  refusalOf,
  runCli,
  runCliWell,
  startCli,
  TINY_ON_ONE_THREAD,
} from '../helpers/run-cli.js';
import { until } from '../helpers/until.js';

const ROWS = Array.from({ length: 24 }, (_, i) =>
  JSON.stringify({ id: i, instruction: `What is ${i} plus ${i}?`, output: `The sum of both is ${2 * i}.` }),
);
/** Small batches, so that rows are finished while others still wait. */
const OPTIONS = [
  ...TINY_ON_ONE_THREAD,
  '--template',
  'none',
  '--precision',
  'precise',
  '--batch-tokens',
  '32',
];

let directory: string;
let dataset: string;
let output: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'score-resume-'));
  dataset = join(directory, 'rows.jsonl');
  output = join(directory, 'scores.jsonl');
  await writeFile(dataset, `${ROWS.join('\n')}\n`);
});
afterEach(() => rm(directory, { recursive: true }));

const score = (path: string, ...more: string[]) => ['score', dataset, ...OPTIONS, '-o', path, ...more];

/** The whole lines of a file, none when it does not exist. */
async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').slice(0, -1);
}

/** All that unfinished attempts have left. */
async function finishedLines(): Promise<string[]> {
  return [...(await linesOf(`${output}.partial.previous`)), ...(await linesOf(`${output}.partial`))];
}

/** A run that is certain to be under way still: its dataset is a pipe that ends when the test says so. */
interface FedRun extends CliProcess {
  readonly pipe: FileHandle;
}

async function startFed(rows: readonly string[], ...more: string[]): Promise<FedRun> {
  const path = join(directory, 'pipe.jsonl');
  await rm(path, { force: true });
  execFileSync('mkfifo', [path]);
  // opened for reading too, so that neither opening nor writing has to wait for the run
  const pipe = await open(path, 'r+');
  await pipe.write(rows.map((row) => `${row}\n`).join(''));
  return { ...startCli(['score', path, ...OPTIONS, '-o', output, ...more]), pipe };
}

function untilItHas({ child }: CliProcess, enough: () => Promise<boolean>): Promise<void> {
  return until(async () => {
    expect(child.exitCode, 'the run ended early').toBeNull();
    return enough();
  });
}

async function kill({ child, ended, pipe }: FedRun): Promise<void> {
  child.kill('SIGKILL');
  expect(await ended).toMatchObject({ code: null, signal: 'SIGKILL' });
  await pipe.close();
}

/** A killed run that has finished some rows. */
async function killedRun(): Promise<readonly string[]> {
  const run = await startFed(ROWS.slice(0, 18));
  await untilItHas(run, async () => (await finishedLines()).length > 2);
  await kill(run);
  return finishedLines();
}

describe.skipIf(process.platform === 'win32')('score --resume', () => {
  it('loses nothing and scores nothing twice, whenever it was killed', async () => {
    const whole = join(directory, 'whole.jsonl');
    await runCliWell(score(whole));

    const early = await startFed(ROWS.slice(0, 18));
    await untilItHas(early, async () => (await readdir(directory)).includes('scores.jsonl.partial'));
    await kill(early);

    const second = await startFed(ROWS.slice(0, 18), '--resume');
    await untilItHas(second, async () => (await finishedLines()).length > 2);
    await kill(second);
    const kept = await finishedLines();

    // only a line that is taken over as it stands can keep this
    const marked = kept[1]!.replace(/"detail":null\}$/, '"detail":null,"marked":true}');
    expect(marked).not.toBe(kept[1]);
    const partial = join(directory, 'scores.jsonl.partial');
    await writeFile(partial, (await readFile(partial, 'utf8')).replace(kept[1]!, marked));

    // the dead run's own lines are not repeated before new ones come
    const third = await startFed(ROWS.slice(0, 22), '--resume');
    await untilItHas(third, async () => (await linesOf(partial)).length > kept.length);
    await kill(third);
    const keptThen = await finishedLines();

    const { stdout, stderr } = await runCliWell(score(output, '--resume'));
    const reused = Number(/^reused +(\d+) /m.exec(stdout)?.[1]);
    expect(reused).toBe(new Set(keptThen.map((line) => JSON.parse(line).id)).size);
    expect(reused).toBeGreaterThan(kept.length);
    expect(stderr).toMatch(new RegExp(`^resuming: ${reused} rows are done$`, 'm'));

    const lines = await linesOf(output);
    expect(lines.slice(0, kept.length)).toEqual([kept[0], marked, ...kept.slice(2)]);
    expect(lines).toEqual(expect.arrayContaining(keptThen));
    const uninterrupted = await linesOf(whole);
    expect(lines).toHaveLength(ROWS.length);
    for (const [i, line] of lines.entries()) {
      const { marked, ...resumed } = JSON.parse(line);
      expectSameScores(resumed, JSON.parse(uninterrupted[i]!));
    }

    const { created: _, ...meta } = JSON.parse(await readFile(join(directory, 'scores.meta.json'), 'utf8'));
    const { created: __, ...metaOfWhole } = JSON.parse(
      await readFile(join(directory, 'whole.meta.json'), 'utf8'),
    );
    expect(meta).toEqual(metaOfWhole);
    const files = (await readdir(directory)).filter((name) => name.startsWith('scores'));
    expect(files.sort()).toEqual(['scores.jsonl', 'scores.meta.json']);
  });

  it('refuses other options, naming them, and goes on with the same', async () => {
    const kept = await killedRun();
    for (const [option, value, named] of [
      ['--template', 'vicuna', 'template was "none'],
      ['--metrics', 'ifd', 'metrics was "ifd,rifd" and is "ifd"'],
      ['--max-length', '512', 'max_length was 2048 and is 512'],
    ] as const) {
      const { message, remedy } = refusalOf(await runCli(score(output, '--resume', option, value)));
      expect(message).toContain(named);
      expect(remedy).toContain('--force');
    }
    const { message, remedy } = refusalOf(await runCli(score(output)));
    expect(message).toContain(`${output} is unfinished`);
    expect(remedy).toContain('--resume');
    expect(await finishedLines()).toEqual(kept);
    await runCliWell(score(output, '--resume'));
    expect((await linesOf(output)).slice(0, kept.length)).toEqual(kept);
  });

  it('goes on with what another processor has begun only when told to, and tells of it', async () => {
    const kept = await killedRun();
    const path = `${output}.partial.meta.json`;
    const { fingerprint } = JSON.parse(await readFile(path, 'utf8'));
    const other = { ...fingerprint, processor: 'an abacus' };
    await writeFile(path, JSON.stringify({ fingerprint: other }));
    const { message, remedy } = refusalOf(await runCli(score(output, '--resume')));
    expect(message).toContain('processor was "an abacus" and is ');
    expect(remedy).toContain('--accept-changes');
    await runCliWell(score(output, '--resume', '--accept-changes'));
    expect((await linesOf(output)).slice(0, kept.length)).toEqual(kept);
    const meta = JSON.parse(await readFile(join(directory, 'scores.meta.json'), 'utf8'));
    expect(meta).toMatchObject({ fingerprint, earlier_fingerprints: [other] });
  });

  it('has nothing to do when all is done, unless the rows have changed', async () => {
    await runCliWell(score(output, '--limit', '2'));
    const before = await readFile(output, 'utf8');
    const { stdout } = await runCliWell(score(output, '--limit', '2', '--resume'));
    expect(stdout).toBe(`${output} is complete already: nothing to do\n`);

    await writeFile(dataset, `${ROWS.join('\n').replace('0 plus 0', '0 plus 1')}\n`);
    const changed = refusalOf(await runCli(score(output, '--resume', '--limit', '2')));
    expect(changed.message).toContain('made from other rows');
    expect(await readFile(output, 'utf8')).toBe(before);
  });
});

describe.skipIf(process.platform === 'win32')('a run under way', () => {
  it('keeps its output from another process', async () => {
    const run = await startFed(ROWS.slice(0, 2));
    await untilItHas(run, async () => (await readdir(directory)).includes('scores.jsonl.partial'));
    for (const more of [[], ['--resume'], ['--force']]) {
      const { message, remedy } = refusalOf(await runCli(score(output, ...more)));
      expect(message).toContain(`Process ${run.child.pid} `);
      expect(remedy).toContain('scores.jsonl.partial.lock');
    }
    await kill(run);
  });

  it.runIf(process.platform === 'linux')('does not claim rows that did not fit on the disk', async () => {
    // files of at most 12 KB stand in for a full disk: the lock fits, the scores do not
    const under = ['sh', '-c', 'ulimit -f 24 && exec "$@"', 'sh'];
    // widened weights would be such a file too
    const way = ['--per-token', '--precision', 'fast'];
    const result = await runCli(score(output, '--force', ...way), { under });
    const { message } = refusalOf(result);
    expect(message).toContain(`Cannot write ${output}: `);
    expect(result.stderr).toMatch(
      /^the rows that could be written are kept: run the same command with --resume in place of --force/m,
    );
    const kept = await finishedLines();
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(ROWS.length);
    await runCliWell(score(output, '--resume', ...way));
    const lines = await linesOf(output);
    expect(lines).toHaveLength(ROWS.length);
    expect(lines.slice(0, kept.length)).toEqual(kept);
  });

  it('ends at the first Ctrl-C, keeps its rows and says how to go on', async () => {
    const run = await startFed(ROWS.slice(0, 18));
    await untilItHas(run, async () => (await finishedLines()).length > 2);
    run.child.kill('SIGINT');
    // wakes the reads that wait for the pipe
    await run.pipe.write(`${ROWS[18]}\n`);
    await run.pipe.close();
    const { code, stderr, stdout } = await run.ended;
    expect(code, stderr).toBe(130);
    expect(stdout).toBe('');
    const kept = await finishedLines();
    expect(stderr).toMatch(new RegExp(`^${kept.length} finished rows are kept: .*--resume`, 'm'));
    expect(stderr).toMatch(/^interrupted$/m);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect((await readdir(directory)).filter((name) => name.endsWith('.lock'))).toEqual([]);
    await runCliWell(score(output, '--resume', '--limit', String(kept.length)));
    expect(await linesOf(output)).toEqual(kept);
  });
});

function expectSameScores(one: Record<string, unknown>, other: Record<string, unknown>): void {
  expect(Object.keys(one)).toEqual(Object.keys(other));
  for (const [name, value] of Object.entries(other)) {
    const difference = (one[name] as number) - (value as number);
    if (name.startsWith('loss_')) expect(Math.abs(difference), name).toBeLessThan(1e-5);
    else if (/^(ppl|ifd|rifd)_/.test(name))
      expect(Math.abs(difference / (value as number)), name).toBeLessThan(1e-4);
    else expect(one[name], name).toEqual(value);
  }
}
