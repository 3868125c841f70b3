import { access, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../../../src/dataset/row.js';
import type { Fingerprint } from '../../../src/domain/fingerprint.js';
import { METRICS, unscorableSample } from '../../../src/domain/score.js';
import { rowKey } from '../../../src/output/row-key.js';
import type { ExistingOutput } from '../../../src/output/scores/earlier-work.js';
import { ReservedOutput } from '../../../src/output/scores/reserved-output.js';
import { ScoreFile } from '../../../src/output/scores/score-file.js';
import type { OpenedScoreOutput, ScoreOutput } from '../../../src/output/scores/score-output.js';
import { scoreRow } from '../../../src/output/scores/score-row.js';
import { spellRow } from '../../../src/output/spell-row.js';
import { scoreOfSpans } from '../../helpers/score-of-spans.js';
import { until } from '../../helpers/until.js';
import { rowOf } from '../row-of.js';

const FINGERPRINT = { model: 'a.gguf', maxTokens: 1024, metric: null };

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'score-file-'));
  path = join(directory, 'out.jsonl');
});
afterEach(() => rm(directory, { recursive: true }));

async function reopen(
  existing: ExistingOutput,
  fingerprint: Fingerprint = FINGERPRINT,
  acceptChanges = false,
): Promise<OpenedScoreOutput> {
  const reserved = await ReservedOutput.reserve({ path, existing });
  try {
    const opened = await ScoreFile.open(reserved, { fingerprint, acceptChanges });
    if (opened.alreadyComplete) await reserved[Symbol.asyncDispose]();
    return opened;
  } catch (error) {
    await reserved[Symbol.asyncDispose]();
    throw error;
  }
}

async function open(...given: Parameters<typeof reopen>): Promise<ScoreOutput> {
  const opened = await reopen(...given);
  if (opened.alreadyComplete) throw new Error('expected unfinished work');
  return opened.output;
}

/** A line that depends on nothing but the row. */
function lineOf(row: Row): string {
  const spans = { A_direct: { sumLogprob: -row.text.length, tokenCount: 3 } };
  const score = row.kind === 'sample' ? scoreOfSpans(spans) : unscorableSample(METRICS, row);
  return spellRow(scoreRow(row, score, { perToken: false }));
}

/** Processes the rows as a run would; returns those an earlier attempt had not finished. */
async function attempt(file: ScoreOutput, rows: readonly Row[], line = lineOf): Promise<Row[]> {
  const scored: Row[] = [];
  for (const row of rows) {
    const finished = await file.lookup(row);
    if (finished === undefined) scored.push(row);
    await file.append(finished ?? line(row));
  }
  return scored;
}

const contentOf = (rows: readonly Row[]) => rows.map((row) => `${lineOf(row)}\n`).join('');
const output = () => readFile(path, 'utf8');
const rowsOf = (...names: string[]) =>
  names.map((name) => rowOf(JSON.stringify({ instruction: name, output: `answer to ${name}` })));

describe('ScoreFile', () => {
  it('writes the lines in order, names the file only when finished and leaves nothing else', async () => {
    const rows = rowsOf('a', 'b', 'c');
    const file = await open('new');
    expect(await attempt(file, rows)).toEqual(rows);
    expect(await readdir(directory)).not.toContain('out.jsonl');
    await file.finish({ rows: 3 });
    expect(await output()).toBe(contentOf(rows));
    expect((await readdir(directory)).sort()).toEqual(['out.jsonl', 'out.meta.json']);
    expect(JSON.parse(await readFile(join(directory, 'out.meta.json'), 'utf8'))).toEqual({
      rows: 3,
      fingerprint: FINGERPRINT,
    });
    await file[Symbol.asyncDispose]();
    expect((await readdir(directory)).length).toBe(2);
  });

  it('writes more than one flush in order without waiting for each line', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => JSON.stringify({ i, text: 'é'.repeat(500) }));
    const file = await open('new');
    await Promise.all(lines.map((line) => file.append(line)));
    await file.finish({});
    expect(await output()).toBe(lines.map((line) => `${line}\n`).join(''));
  });

  it('has a line in the file soon, without another call', async () => {
    await using file = await open('new');
    await file.append('{}');
    await until(async () => (await readFile(`${path}.partial`, 'utf8')) !== '');
    expect(await readFile(`${path}.partial`, 'utf8')).toBe('{}\n');
  });

  it('finishes without a single line', async () => {
    await (await open('new')).finish({});
    expect(await output()).toBe('');
  });
});

describe('ScoreFile after a kill', () => {
  it('goes on after a cut at any byte, asking for no finished row again', async () => {
    const rows = ['{"instruction":"é","output":"b"}', '{"instruction":"","output":""}'].map(rowOf);
    const shortLine = (row: Row) => `${row.text.slice(0, -1)},"row_key":"${rowKey(row)}","ifd_ppl":1}`;
    const content = Buffer.from(rows.map((row) => `${shortLine(row)}\n`).join(''));
    for (let cut = 0; cut <= content.length; cut++) {
      await writeFile(`${path}.partial.meta.json`, JSON.stringify({ fingerprint: FINGERPRINT }));
      await writeFile(`${path}.partial`, content.subarray(0, cut));
      const whole = content.subarray(0, cut).toString().split('\n').length - 1;
      const file = await open('resume');
      expect(file.finishedRows).toBe(whole);
      expect(await attempt(file, rows, shortLine)).toEqual(rows.slice(whole));
      await file.finish({});
      expect(await output()).toBe(content.toString());
    }
    expect((await readdir(directory)).sort()).toEqual(['out.jsonl', 'out.meta.json']);
  }, 30_000);

  it('loses nothing over any number of kills, whatever happens to the dataset in between', async () => {
    const text = fc.oneof(
      { weight: 4, arbitrary: fc.nat(12).map((n) => JSON.stringify({ instruction: `i${n}`, output: 'o' })) },
      {
        weight: 1,
        arbitrary: fc.nat(5).map((n) => JSON.stringify({ instruction: 'i', output: 'o', status: n })),
      },
      { weight: 1, arbitrary: fc.constantFrom('[1]', '{"row_key":"0123456789abcdef"}', '{}', 'no json') },
    );
    const dataset = fc.array(text, { minLength: 1, maxLength: 12 });
    const rows = fc.integer({ min: 1, max: 12 });
    const kill = fc.record({ dataset, rows, cut: fc.double({ min: 0, max: 1, noNaN: true }) });
    await fc.assert(
      fc.asyncProperty(fc.array(kill, { maxLength: 4 }), dataset, async (kills, lastDataset) => {
        const finished = new Set<string>();
        for (const [i, { dataset, rows, cut }] of kills.entries()) {
          const file = await open(i === 0 ? 'force' : 'resume');
          const reached = dataset.map(rowOf).slice(0, rows);
          for (const row of await attempt(file, reached)) expect(finished).not.toContain(row.text);
          await file[Symbol.asyncDispose]();
          const content = Buffer.from(contentOf(reached));
          expect((await readFile(`${path}.partial`)).equals(content)).toBe(true);
          const kept = Math.floor(content.length * cut);
          await truncate(`${path}.partial`, kept);
          const whole = content.subarray(0, kept).toString().split('\n').length - 1;
          for (const row of reached.slice(0, whole)) if (row.kind === 'sample') finished.add(row.text);
        }
        const file = await open(kills.length === 0 ? 'force' : 'resume');
        const rows = lastDataset.map(rowOf);
        for (const row of await attempt(file, rows)) expect(finished).not.toContain(row.text);
        await file.finish({});
        expect(await output()).toBe(contentOf(rows));
      }),
      { numRuns: 50 },
    );
  }, 30_000);

  it('leaves nothing of an attempt without lines, and all of the attempts before it', async () => {
    await (await open('new'))[Symbol.asyncDispose]();
    expect(await readdir(directory)).toEqual([]);
    const rows = rowsOf('a', 'b');
    const file = await open('new');
    await attempt(file, rows.slice(0, 1));
    await file[Symbol.asyncDispose]();
    await (await open('resume'))[Symbol.asyncDispose]();
    const resumed = await open('resume');
    expect(await attempt(resumed, rows)).toEqual(rows.slice(1));
    await resumed.finish({});
    expect(await output()).toBe(contentOf(rows));
  });

  it('goes on when the kill came while two attempts were being joined', async () => {
    const rows = rowsOf('a', 'b', 'c', 'd');
    const file = await open('new');
    await attempt(file, rows.slice(1, 3));
    await file[Symbol.asyncDispose]();
    const first = contentOf(rows.slice(0, 1));
    await writeFile(`${path}.partial.previous`, first + contentOf(rows.slice(1, 2)).slice(0, -5));
    const resumed = await open('resume');
    expect(await readFile(`${path}.partial.previous`, 'utf8')).toBe(contentOf(rows.slice(0, 3)));
    expect(await attempt(resumed, rows)).toEqual(rows.slice(3));
    await resumed.finish({});
    expect(await output()).toBe(contentOf(rows));
  });

  it('goes on when the kill came between the meta file and the renaming', async () => {
    const rows = rowsOf('a', 'b');
    const old = await open('new');
    await attempt(old, rowsOf('old'));
    await old.finish({});
    const file = await open('force');
    await attempt(file, rows);
    await file[Symbol.asyncDispose]();
    await writeFile(join(directory, 'out.meta.json'), JSON.stringify({ fingerprint: FINGERPRINT }));
    const resumed = await open('resume');
    expect(await attempt(resumed, rows)).toEqual([]);
    await resumed.finish({});
    expect(await output()).toBe(contentOf(rows));
  });

  it('trusts no line whose text differs from the row or that is damaged', async () => {
    const rows = rowsOf('a', 'b', 'c');
    const file = await open('new');
    await attempt(file, rows);
    await file[Symbol.asyncDispose]();
    const lines = contentOf(rows).split('\n');
    lines[0] = lines[0]!.replace('answer to a', 'answer to z');
    lines[1] = `${lines[1]!.slice(0, -20)}${'\0'.repeat(20)}`;
    await writeFile(`${path}.partial`, lines.join('\n'));
    await using resumed = await open('resume');
    expect(await attempt(resumed, rows)).toEqual(rows.slice(0, 2));
  });

  it('finds lines longer than what is read at once, in any order', async () => {
    const rows = [...rowsOf('a', 'x'.repeat(100_000), 'b', 'y'.repeat(300_000)), ...rowsOf('c')];
    const file = await open('new');
    await attempt(file, rows);
    await file[Symbol.asyncDispose]();
    await using resumed = await open('resume');
    expect(await attempt(resumed, rows.toReversed())).toEqual([]);
    expect(await Promise.all(rows.map((row) => resumed.lookup(row)))).toEqual(rows.map(lineOf));
    expect(await resumed.lookup(rowsOf('d')[0]!)).toBeUndefined();
  });

  it('names the place a bad row has now', async () => {
    const bad = rowOf('{"bad');
    const file = await open('new');
    await attempt(file, [bad]);
    await file[Symbol.asyncDispose]();
    await using resumed = await open('resume');
    expect(await resumed.lookup(bad)).toBeUndefined();
  });
});

describe('ScoreFile.open', () => {
  const finish = async () => {
    const file = await open('new');
    await attempt(file, rowsOf('a'));
    await file.finish({ rows: 1 });
  };
  const abandon = async (existing: ExistingOutput = 'new') => {
    const file = await open(existing);
    await attempt(file, rowsOf('b'));
    await file[Symbol.asyncDispose]();
  };
  const blocked = {
    code: 'output_unwritable',
    remedy: expect.stringMatching(/`resume`.*`force`/),
  };

  it('new refuses to overwrite finished and unfinished work', async () => {
    await abandon();
    await expect(open('new')).rejects.toMatchObject(blocked);
    await (await open('force')).finish({});
    await expect(open('new')).rejects.toMatchObject(blocked);
    expect(await output()).toBe('');
  });

  it('resume starts where there is nothing, and says when there is nothing to do', async () => {
    const file = await open('resume');
    expect(file.finishedRows).toBe(0);
    await attempt(file, rowsOf('a'));
    await file.finish({ rows: 1 });
    // A kill right after the renaming leaves this behind.
    await writeFile(`${path}.partial.meta.json`, '{}');
    expect(await reopen('resume')).toEqual({
      alreadyComplete: true,
      meta: { rows: 1, fingerprint: FINGERPRINT },
    });
    expect((await readdir(directory)).sort()).toEqual(['out.jsonl', 'out.meta.json']);
  });

  it('resume refuses work done with other parameters and names them', async () => {
    const other = { model: 'b.gguf', maxTokens: 1024, metric: null, template: 'alpaca' };
    const mismatch = {
      code: 'resume_mismatch',
      message: expect.stringMatching(
        /model was "a.gguf" and is "b.gguf"; template was not set and is "alpaca"\.$/,
      ),
      remedy: 'Give `force` in place of `resume` to start over, or restore the options.',
    };
    await abandon();
    await expect(open('resume', other)).rejects.toMatchObject(mismatch);
    await (await open('resume')).finish({});
    await expect(open('resume', other)).rejects.toMatchObject(mismatch);
  });

  it('resume goes on with work that was rounded in another way only when told, and tells of all of it', async () => {
    const metaOf = async (name: string) => JSON.parse(await readFile(join(directory, name), 'utf8'));
    const [first, second, third] = ['avx2', 'avx512', 'neon'].map((kernels) => ({ ...FINGERPRINT, kernels }));
    const mismatch = {
      code: 'resume_mismatch',
      message: expect.stringMatching(/rounded .*kernels was "avx2" and is "avx512"\.$/),
      remedy: expect.stringMatching(/`acceptChanges`/),
    };
    const rows = rowsOf('a', 'b', 'c');
    const begun = await open('new', first);
    await attempt(begun, rows.slice(0, 1));
    await begun[Symbol.asyncDispose]();
    await expect(open('resume', second)).rejects.toMatchObject(mismatch);

    for (const fingerprint of [second, first, second]) {
      const file = await open('resume', fingerprint, true);
      expect((await attempt(file, rows.slice(0, 2))).length).toBe(2 - file.finishedRows);
      await file[Symbol.asyncDispose]();
    }
    expect(await metaOf('out.jsonl.partial.meta.json')).toEqual({
      fingerprint: second,
      earlier_fingerprints: [first],
    });
    const last = await open('resume', third, true);
    expect(await attempt(last, rows)).toEqual(rows.slice(2));
    await last.finish({ rows: 3 });
    const meta = { rows: 3, fingerprint: third, earlier_fingerprints: [first, second] };
    expect(await metaOf('out.meta.json')).toEqual(meta);
    expect(await output()).toBe(contentOf(rows));

    await expect(open('resume', second)).rejects.toMatchObject({ code: 'resume_mismatch' });
    expect(await reopen('resume', second, true)).toEqual({ alreadyComplete: true, meta });
    const other = { ...third, model: 'b.gguf' };
    await expect(open('resume', other, true)).rejects.toMatchObject({
      message: expect.stringMatching(/parameters .*model was/),
    });
  });

  it.each(['', '{"fingerprint"', '[]', '{}'])('resume refuses work with the meta file %j', async (meta) => {
    await finish();
    await writeFile(join(directory, 'out.meta.json'), meta);
    await expect(open('resume')).rejects.toMatchObject({ code: 'resume_mismatch' });
    await rm(join(directory, 'out.meta.json'));
    await expect(open('resume')).rejects.toMatchObject({ code: 'resume_mismatch' });
  });

  it('force starts over but keeps the finished output until the new one is finished', async () => {
    await finish();
    await abandon('force');
    await abandon('resume');
    expect(await output()).toBe(contentOf(rowsOf('a')));
    const file = await open('force');
    expect(await attempt(file, rowsOf('b'))).toHaveLength(1);
    await file.finish({});
    expect(await output()).toBe(contentOf(rowsOf('b')));
    expect((await readdir(directory)).sort()).toEqual(['out.jsonl', 'out.meta.json']);
  });

  it.each(['new', 'resume', 'force'] as const)('%s refuses what cannot be written', async (existing) => {
    await mkdir(path);
    await expect(open(existing)).rejects.toMatchObject({
      code: 'output_unwritable',
      message: expect.stringContaining('is a directory'),
    });
    expect(await readdir(directory)).toEqual(['out.jsonl']);
    path = join(directory, 'none', 'out.jsonl');
    await expect(open(existing)).rejects.toMatchObject({
      code: 'output_unwritable',
      message: expect.stringContaining('directory does not exist'),
    });
    await expect(access(join(directory, 'none'))).rejects.toThrow();
  });

  it('refuses a second writer and leaves the first one alone', async () => {
    const rows = rowsOf('a');
    const file = await open('new');
    for (const existing of ['new', 'resume', 'force'] as const) {
      await expect(open(existing)).rejects.toMatchObject({
        code: 'output_unwritable',
        message: expect.stringContaining(`Process ${process.pid} on `),
      });
    }
    await attempt(file, rows);
    await file.finish({});
    expect(await output()).toBe(contentOf(rows));
  });
});

describe('ReservedOutput', () => {
  it('refuses at once what differs in what is known, and keeps its hands off', async () => {
    const file = await open('new');
    await attempt(file, rowsOf('a'));
    await file[Symbol.asyncDispose]();
    const before = await readdir(directory);
    await expect(
      ReservedOutput.reserve({ path, existing: 'resume', known: { maxTokens: 7 } }),
    ).rejects.toMatchObject({
      code: 'resume_mismatch',
      message: expect.stringMatching(/maxTokens was 1024 and is 7\.$/),
    });
    for (const existing of ['resume', 'force'] as const) {
      await (await ReservedOutput.reserve({ path, existing, known: { maxTokens: 1024 } }))[
        Symbol.asyncDispose
      ]();
    }
    expect(await readdir(directory)).toEqual(before);
  });

  it('is its holder’s alone', async () => {
    await using _ = await ReservedOutput.reserve({ path, existing: 'new' });
    await expect(ReservedOutput.reserve({ path, existing: 'force' })).rejects.toMatchObject({
      code: 'output_unwritable',
    });
  });
});
