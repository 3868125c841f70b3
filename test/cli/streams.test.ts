import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusalOf, runCli, runCliWell, startCli, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';

const ROWS = [
  '{"id": 12345678901234567890, "instruction":"Name three primary colours.","output":"Red, yellow and blue."}',
  '{"id": 1.10, "instruction":"Give the capital of Italy.","input":"","output":"The capital of Italy is Rome."}',
];
const CANDIDATES = ROWS.map((row) =>
  row.replace(/\}$/, ',"candidates":{"response":{"output":"It is so."}}}'),
);
const DETERMINISTIC = [...TINY_ON_ONE_THREAD, '--deterministic'];

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'streams-'));
  await writeFile(place('rows.jsonl'), `${ROWS.join('\n')}\n`);
});
afterEach(() => rm(directory, { recursive: true }));

const place = (name: string) => join(directory, name);
const linesOf = (text: string) => text.trimEnd().split('\n');
/** Starts a command with what `cat` says of a file on its standard input, which is then a pipe. */
const fed = (file: string) => ({ under: ['sh', '-c', `cat '${place(file)}' | "$@"`, 'sh'], cwd: directory });

describe.skipIf(process.platform === 'win32')('standard input and output', () => {
  it('score reads rows from one and writes them to the other, and nothing else', async () => {
    await runCliWell(['score', place('rows.jsonl'), ...DETERMINISTIC, '-o', place('file.jsonl')]);
    const scored = await readFile(place('file.jsonl'), 'utf8');
    for (const args of [['-'], ['-', '-o', '-']]) {
      const { stdout, stderr } = await runCliWell(['score', ...args, ...DETERMINISTIC], fed('rows.jsonl'));
      expect(stdout).toBe(scored);
      expect(stderr).toMatch(/^scored +2 +100%$/m);
      expect(stderr).toMatch(/^note: .*standard output.*neither resumed/m);
    }
    expect((await readdir(directory)).sort()).toEqual(['file.jsonl', 'file.meta.json', 'rows.jsonl']);
    const named = await runCliWell(
      ['score', '-', ...DETERMINISTIC, '-o', place('other.jsonl')],
      fed('rows.jsonl'),
    );
    expect(named.stdout).toMatch(/^scored +2/m);
    expect(await readFile(place('other.jsonl'), 'utf8')).toBe(scored);
    expect(JSON.parse(await readFile(place('other.meta.json'), 'utf8')).dataset).toMatchObject({
      file: '-',
      bytes: null,
    });
  });

  it('end when they are called off, though standard input has no end yet', async () => {
    execFileSync('mkfifo', [place('fifo')]);
    // opened for reading too, so that opening it does not wait
    const pipe = await open(place('fifo'), 'r+');
    await pipe.write(`${ROWS[0]}\n`);
    const under = ['sh', '-c', `exec "$@" < '${place('fifo')}'`, 'sh'];
    const { child, ended } = startCli(['score', '-', ...DETERMINISTIC], { under });
    // the student is open, and the rows are being waited for
    child.stderr!.once('data', () => child.kill('SIGINT'));
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(130);
    expect(stderr).toMatch(/^interrupted$/m);
    await pipe.close();
  });

  it('select and compare do, as far as one pass leads', async () => {
    await runCliWell(['score', place('rows.jsonl'), ...DETERMINISTIC, '-o', place('scores.jsonl')]);
    const scores = await readFile(place('scores.jsonl'), 'utf8');
    const all = ['--max-ifd', 'Infinity', '--max-rifd', 'Infinity'];
    const piped = await runCliWell(
      ['select', '--import-scores', '-', '-o', '-', ...all],
      fed('scores.jsonl'),
    );
    expect(piped.stdout).toBe(scores);
    expect(piped.stderr).toMatch(/^selected +2 +-$/m);
    const compared = await runCliWell(['compare', '-', place('scores.jsonl')], fed('scores.jsonl'));
    expect(compared.stdout).toMatch(/^rows in both files +2$/m);
    const twice = refusalOf(await runCli(['compare', '-', '-'], fed('scores.jsonl')));
    expect(twice.message).toMatch(/^Standard input has been read before/);
  });

  it('run and reflect have a directory of outputs', async () => {
    const place = ['rows.jsonl', '--teacher', 'replay:none', '-o', '-'];
    for (const args of [
      ['run', ...place, ...TINY_ON_ONE_THREAD],
      ['reflect', ...place],
    ]) {
      expect(refusalOf(await runCli(args, { cwd: directory })).message).toMatch(/directory of outputs/);
    }
    expect(await readdir(directory)).toEqual(['rows.jsonl']);
  });

  it.each(['a pipe', 'a FIFO', 'a process substitution'])('run reads all rows of %s', async (kind) => {
    await writeFile(place('rows.jsonl'), `${CANDIDATES.join('\n')}\n`);
    const run = ['-o', place('run'), '--mode', 'score-only', '--keep', 'all', ...TINY_ON_ONE_THREAD];
    const wide = [...run, '--max-ifd', 'Infinity', '--max-rifd', 'Infinity'];
    let result: Awaited<ReturnType<typeof runCliWell>>;
    if (kind === 'a FIFO') {
      execFileSync('mkfifo', [place('fifo')]);
      const under = ['sh', '-c', `cat '${place('rows.jsonl')}' > '${place('fifo')}' & exec "$@"`, 'sh'];
      result = await runCliWell(['run', place('fifo'), ...wide], { under });
    } else if (kind === 'a pipe') {
      result = await runCliWell(['run', '-', ...wide], fed('rows.jsonl'));
    } else {
      const under = ['bash', '-c', `exec "$@" < <(cat '${place('rows.jsonl')}')`, 'bash'];
      result = await runCliWell(['run', '/dev/stdin', ...wide], { under });
    }
    expect(result.stdout).toMatch(/^selected +2 +100%$/m);
    expect(result.stderr).toMatch(/^note: .* is read more than once, so it was copied to .*dataset\.copy$/m);
    expect(linesOf(await readFile(place('run/selected.jsonl'), 'utf8'))).toHaveLength(2);
    expect(await readdir(place('run'))).not.toContain('dataset.copy');
    const status = await runCliWell(['status', place('run')]);
    expect(status.stdout).toMatch(/^run +finished$/m);
  });
});

describe('an output of score', () => {
  it('has the format of its name', async () => {
    const score = (name: string) =>
      runCliWell(['score', place('rows.jsonl'), ...DETERMINISTIC, '-o', place(name)]);
    await score('plain.jsonl');
    const lines = linesOf(await readFile(place('plain.jsonl'), 'utf8'));
    await score('packed.jsonl.gz');
    expect(linesOf(gunzipSync(await readFile(place('packed.jsonl.gz'))).toString())).toEqual(lines);
    await score('array.json');
    const array = await readFile(place('array.json'), 'utf8');
    expect(array).toBe(`[\n${lines.join(',\n')}\n]\n`);
    await score('both.json.gz');
    expect(gunzipSync(await readFile(place('both.json.gz'))).toString()).toBe(array);
    const metas = ['plain', 'packed', 'array', 'both'].map((name) => `${name}.meta.json`);
    expect(await readdir(directory)).toEqual(expect.arrayContaining(metas));
    const { stdout } = await runCliWell([
      ...['score', place('rows.jsonl'), ...DETERMINISTIC, '-o', place('both.json.gz'), '--resume'],
    ]);
    expect(stdout).toContain('is complete already');
    // what is written is read again, whatever its format
    const { stdout: same } = await runCliWell(['compare', place('both.json.gz'), place('packed.jsonl.gz')]);
    expect(same).toMatch(/^rows in both files +2$/m);
    expect((await readdir(directory)).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('that is a link stays one', async () => {
    await mkdir(place('far'));
    await symlink('far/scores.jsonl', place('link.jsonl'));
    await runCliWell(['score', place('rows.jsonl'), ...TINY_ON_ONE_THREAD, '-o', place('link.jsonl')]);
    expect((await readdir(place('far'))).sort()).toEqual(['scores.jsonl', 'scores.meta.json']);
    expect((await readdir(directory)).sort()).toEqual(['far', 'link.jsonl', 'rows.jsonl']);
  });

  it('can be made without SQLite, which is said', async () => {
    const preload = new URL('fixtures/without-sqlite.mjs', import.meta.url).href;
    const { stderr } = await runCliWell(
      ['score', place('rows.jsonl'), ...TINY_ON_ONE_THREAD, '-o', place('scores.jsonl')],
      { preload },
    );
    expect(stderr).toMatch(/^note: better-sqlite3 is not built, so nothing keeps a second process from/m);
    expect((await readdir(directory)).sort()).toEqual(['rows.jsonl', 'scores.jsonl', 'scores.meta.json']);
  });
});

describe('a dataset without a row that can be scored', () => {
  const outputs = async () => (await readdir(directory)).filter((name) => name !== 'rows.jsonl');
  const score = () => ['score', place('rows.jsonl'), ...TINY_ON_ONE_THREAD, '-o', place('s.jsonl')];
  const run = () => ['run', place('rows.jsonl'), ...TINY_ON_ONE_THREAD, '-o', place('run')];
  const reflect = () => ['reflect', place('rows.jsonl'), '-o', place('run')];

  it.each<[string, () => string[]]>([
    ['score', score],
    ['run', () => [...run(), '--teacher', 'replay:none']],
    ['reflect', () => [...reflect(), '--teacher', 'replay:none']],
  ])('ends %s before anything is made', async (_, args) => {
    await writeFile(place('rows.jsonl'), '{"text":"Say hello. Hello."}\n{"text":"Say bye. Bye."}\n');
    const { message, remedy } = refusalOf(await runCli(args()));
    expect(message).toMatch(/has no row that can be scored: .*"text"/);
    expect(remedy).toContain('--map');
    expect(await outputs()).toEqual([]);
  });

  it('ends score at its end where the rows come through a pipe, their reasons written', async () => {
    await writeFile(place('rows.jsonl'), '{"messages":[{"role":"narrator","content":"Once."}]}\n');
    const result = await runCli(
      ['score', '-', ...TINY_ON_ONE_THREAD, '-o', place('s.jsonl')],
      fed('rows.jsonl'),
    );
    expect(refusalOf(result).message).toMatch(/^Standard input has no row .*narrator/);
    expect(result.stderr).not.toContain('--resume');
    expect(linesOf(await readFile(place('s.jsonl'), 'utf8')).map((line) => JSON.parse(line))).toMatchObject([
      { status: 'unscorable', reason: 'unknown_role' },
    ]);
  });
});

describe('fields that are left out', () => {
  const rows = [
    '{"instruction":"Say hello.","output":"Hello.","system":"Be brief.","history":[["a","b"]]}',
    '{"instruction":"Say hello.","output":"Hello.","system":"Be polite.","history":[]}',
    '{"instruction":"Say hello.","output":"Hello.","system":"","history":null}',
  ];

  /** Says that there are no columns but these. */
  async function namedColumns(): Promise<string[]> {
    const entry = { columns: { prompt: 'instruction', response: 'output' } };
    await writeFile(place('dataset_info.json'), JSON.stringify({ greetings: entry }));
    return ['--dataset-info', place('dataset_info.json'), '--dataset-name', 'greetings'];
  }

  it('are counted by score where it is told which columns there are, in one warning and beside the output', async () => {
    await writeFile(place('rows.jsonl'), rows.join('\n'));
    const { stderr } = await runCliWell([
      ...['score', place('rows.jsonl'), ...TINY_ON_ONE_THREAD, '-o', place('s.jsonl')],
      ...(await namedColumns()),
    ]);
    expect(stderr.match(/^warning: .*system.*/gm)).toEqual([
      expect.stringContaining('2 rows have a "system" and 1 row has a "history", of which nothing was used'),
    ]);
    const meta = JSON.parse(await readFile(place('s.meta.json'), 'utf8'));
    expect(meta.rows.ignored_fields).toEqual({ system: 2, history: 1 });
  });

  it('are counted by run in the same way', async () => {
    const with2 = rows.map((row) => row.replace(/\}$/, ',"candidates":{"response":{"output":"Hi."}}}'));
    await writeFile(place('rows.jsonl'), with2.join('\n'));
    const { stderr } = await runCliWell([
      ...['run', place('rows.jsonl'), ...TINY_ON_ONE_THREAD, '-o', place('run'), '--mode', 'score-only'],
      ...(await namedColumns()),
    ]);
    expect(stderr).toMatch(/^warning: 2 rows have a "system" and 1 row has a "history"/m);
    const summary = JSON.parse(await readFile(place('run/summary.json'), 'utf8'));
    expect(summary.ignored_fields).toEqual({ system: 2, history: 1 });
  });
});
