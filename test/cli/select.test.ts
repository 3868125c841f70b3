import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
  return JSON.parse(await readFile(file, 'utf8')).map((row: { instruction: string }) => row.instruction);
}

describe('select', () => {
  it('selects from reference files, and with their script’s mistakes only when told', async () => {
    const files = await saveFiles();
    const output = join(directory, 'out.json');
    const { stdout } = await runCliWell(['select', '--reference-files', ...files, '-o', output]);
    expect(stdout).toMatch(/selected +2/);
    expect(await instructionsIn(output)).toEqual(['QA 0', 'A 1']);
    await runCliWell(['select', '--reference-files', ...files, '-o', output, '--bug-compatible']);
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

  it.each([
    [['--reference-files', 'a', 'b', 'c', '-o', 'out'], 'got 3'],
    [['--import-scores', 'a', 'b', 'c', 'd'], 'no file to write to'],
    [['--reference-files', 'a', 'b', 'c', 'd', '-o', 'b'], 'also an input'],
  ])('refuses %j', async (args, message) => {
    expect(refusalOf(await runCli(['select', ...args])).message).toContain(message);
  });
});
