import { link, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsePythonJson } from '../../src/scores/parse-python-json.js';
import { refusalOf, runCli, runCliWell } from '../helpers/run-cli.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'select-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Rows as `[ifd, rifd]` for originals, reflected instructions, reflected responses and both. */
const FILES = {
  ori: '[[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]',
  Q: '[[0.6, 0.5], [0.4, 0.5], [0.4, 0.5]]',
  A: '[[0.1, 0.1], [0.9, 0.4], [0, 0]]',
  QA: '[[0.7, 0.4], [0.1, 0.1], [0.1, 0.1]]',
};

async function saveFiles(): Promise<string[]> {
  return Promise.all(
    Object.entries(FILES).map(async ([name, ratios]) => {
      const rows = (JSON.parse(ratios) as number[][]).map(([ifd_ppl, rifd_ppl], i) => ({
        ...{ instruction: `${name} ${i}`, output: 'x', ifd_ppl, rifd_ppl },
      }));
      await writeFile(join(directory, name), JSON.stringify(rows));
      return join(directory, name);
    }),
  );
}

async function instructionsIn(file: string): Promise<string[]> {
  const rows = parsePythonJson(await readFile(file, 'utf8')) as { instruction: string }[];
  return rows.map(({ instruction }) => instruction);
}

describe('select', () => {
  it('selects from reference files, and with their script’s mistakes only when told', async () => {
    const files = await saveFiles();
    const output = join(directory, 'out.json');
    const { stdout } = await runCliWell(['select', '--reference-files', ...files, '-o', output]);
    expect(stdout).toMatch(/selected +2/);
    expect(await instructionsIn(output)).toEqual(['QA 0', 'A 1']);
    await runCliWell(['select', '--reference-files', ...files, '-o', output, '--bug-compatible', '--force']);
    expect(await instructionsIn(output)).toEqual(['QA 0', 'A 1', 'A 2']);
  });

  it('selects from imported scores by a policy', async () => {
    const files = await saveFiles();
    const output = join(directory, 'out.json');
    const policy = ['--keep', 'all', '--max-ifd', '0.8', '--on-filter-fail', 'next-best'];
    await runCliWell(['select', '--import-scores', ...files, '-o', output, ...policy]);
    const rows = JSON.parse(await readFile(output, 'utf8'));
    expect(rows).toMatchObject([
      { instruction: 'QA 0', outcome: 'both' },
      { instruction: 'ori 1', outcome: 'original' },
      { instruction: 'ori 2', outcome: 'original' },
    ]);
  });

  it('selects from one published score set: below the thresholds, and of these the highest IFD', async () => {
    const output = join(directory, 'out.json');
    const scored = join(directory, 'gpt2.json');
    const ifds = ['0.9', '0.2', '1.5', 'NaN', '0.7', '0.8'];
    const rows = ifds.map((ifd, i) => `{"instruction": "${i}", "output": "x", "ifd_ppl": ${ifd}}`);
    await writeFile(scored, `[${rows.join(', ')}]`);
    const { stdout } = await runCliWell(['select', '--import-scores', scored, '-o', output]);
    expect(await instructionsIn(output)).toEqual(['0', '1', '4', '5']);
    expect(stdout).toMatch(/ifd_too_high +1/);
    expect(stdout).toMatch(/ifd_missing +1/);
    await runCliWell(['select', '--import-scores', scored, '-o', output, '--top', '50', '--force']);
    expect(await instructionsIn(output)).toEqual(['0', '5']);
    await writeFile(scored, '{"instruction": "a", "output": "b"}');
    const bare = refusalOf(await runCli(['select', '--import-scores', scored, '-o', output, '--force']));
    expect(bare.message).toContain('No record of');
  });

  it('keeps every row as it is spelled, in the format of the output’s name', async () => {
    const rows = [
      '{"id": 12345678901234567890, "x": 1.10, "ifd_ppl": 0.5, "é": "é \\/"}',
      '{"id": 12345678901234567891, "ifd_ppl": 5e-1, "loss": NaN}',
      '{"id": 3, "ifd_ppl": 1.5}',
    ];
    const scored = join(directory, 'scored.jsonl');
    await writeFile(scored, `\uFEFF${rows.join('\n')}\n`);
    const select = async (name: string) => {
      const output = join(directory, name);
      await runCliWell(['select', '--import-scores', scored, '-o', output]);
      return readFile(output, 'utf8');
    };
    expect(await select('out.jsonl')).toBe(`${rows[0]}\n${rows[1]}\n`);
    expect(await select('out.json')).toBe(`[\n${rows[0]},\n${rows[1]}\n]\n`);
    const files = await saveFiles();
    await runCliWell(['select', '--reference-files', ...files, '-o', join(directory, 'ref.jsonl')]);
    expect(await readFile(join(directory, 'ref.jsonl'), 'utf8')).toBe(
      '{"instruction":"QA 0","output":"x","ifd_ppl":0.7,"rifd_ppl":0.4}\n' +
        '{"instruction":"A 1","output":"x","ifd_ppl":0.9,"rifd_ppl":0.4}\n',
    );
  });

  it('writes over nothing that it reads, nor over anything else unless told', async () => {
    const scored = join(directory, 'scored.jsonl');
    const row = '{"instruction": "a", "output": "b", "ifd_ppl": 0.5}\n';
    await writeFile(scored, row);
    await symlink('scored.jsonl', join(directory, 'symbolic'));
    await link(scored, join(directory, 'hard'));
    for (const output of ['./scored.jsonl', 'symbolic', 'hard']) {
      const args = ['select', '--import-scores', 'scored.jsonl', '-o', output, '--force'];
      const { message } = refusalOf(await runCli(args, { cwd: directory }));
      expect(message).toContain('which this command reads');
    }
    const other = join(directory, 'other.jsonl');
    await writeFile(other, 'mine');
    const { message, remedy } = refusalOf(await runCli(['select', '--import-scores', scored, '-o', other]));
    expect(message).toContain('exists already');
    expect(remedy).toContain('--force');
    expect([await readFile(scored, 'utf8'), await readFile(other, 'utf8')]).toEqual([row, 'mine']);
    await runCliWell(['select', '--import-scores', scored, '-o', other, '--force']);
    expect(await readFile(other, 'utf8')).toBe(row);
  });

  it('takes no more memory for more rows', async () => {
    const scored = join(directory, 'many.jsonl');
    const lines = Array.from({ length: 100_000 }, (_, id) =>
      JSON.stringify({ id, text: 'x'.repeat(500), ifd_ppl: (id + 1) / 200_000 }),
    );
    await writeFile(scored, lines.join('\n'));
    const output = join(directory, 'top.jsonl');
    // A tenth of what the objects would take.
    const under = ['env', 'NODE_OPTIONS=--max-old-space-size=32'];
    await runCliWell(['select', '--import-scores', scored, '-o', output, '--top', '50'], { under });
    expect((await readFile(output, 'utf8')).trimEnd().split('\n')).toEqual(lines.slice(50_000));
  });

  it('reads analyses beside their datasets', async () => {
    const names = ['ori', 'Q', 'A', 'QA'];
    const save = (name: string, text: string) => writeFile(join(directory, name), text);
    // Q_direct, A_direct, Q_condition, A_condition of one row that can be scored and one that cannot.
    const ppls = { ori: [2, 2, 1, 1], Q: [2, 2, 1, 1.2], A: [2, 2, 1, 1], QA: [2, 2, 0.8, 1.4] };
    for (const [name, ppl] of Object.entries(ppls)) {
      await save(
        `${name}.json`,
        JSON.stringify([1, 2].map((n) => ({ instruction: `${name} ${n}`, output: 'x' }))),
      );
      await save(
        `${name}_analysis.jsonl`,
        `{"ppl": ${JSON.stringify(ppl)}, "loss": [1, 1, 1, Infinity]}\n{}\n`,
      );
    }
    const analyses = names.map((name) => join(directory, `${name}_analysis.jsonl`));
    const datasets = names.map((name) => join(directory, `${name}.json`));
    const output = join(directory, 'out.json');
    const files = ['--reference-files', ...analyses, '--datasets', ...datasets];
    await runCliWell(['select', ...files, '-o', output]);
    expect(await instructionsIn(output)).toEqual(['QA 1']);
    const text = await readFile(output, 'utf8');
    expect(text).toContain('"rifd_ppl": 0.4,');
    expect(text).toContain('"loss_A_condition": Infinity,');
  });

  it.each([
    [['--reference-files', 'a', 'b', 'c', '-o', 'out'], 'got 3'],
    [['--reference-files', 'a', '-o', 'out'], 'got 1'],
    [['--import-scores', 'a', '-o', 'out', '--datasets', 'b', 'c'], '2 --datasets for 1'],
    [['-o', 'out'], 'got 0'],
    [['--import-scores', 'a', 'b', 'c', 'd'], '--output is missing'],
    [['--reference-files', 'a', 'b', 'c', 'd', '-o', './b'], 'which this command reads'],
  ])('refuses %j', async (args, message) => {
    expect(refusalOf(await runCli(['select', ...args])).message).toContain(message);
  });
});
