import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE_DATASET } from '../helpers/paths.js';
import { refusalOf, runCli, runCliWell, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'compare-cli-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function score(name: string, ...flags: readonly string[]): Promise<string> {
  const output = join(directory, name);
  const limits = ['--limit', '12', '--max-length', '128'];
  await runCliWell(['score', EXAMPLE_DATASET, ...TINY_ON_ONE_THREAD, ...limits, '-o', output, ...flags]);
  return output;
}

describe('compare', () => {
  it('compares two scorings of a dataset by the same student in two precisions', async () => {
    const [fast, precise] = [
      await score('fast.jsonl'),
      await score('precise.jsonl', '--precision', 'precise'),
    ];
    const { stdout } = await runCliWell(['compare', fast, precise]);
    expect(stdout).toMatch(/^rows in both files +12$/m);
    expect(stdout).toMatch(/^Spearman +(1\.0000|0\.9\d+) +(1\.0000|0\.9\d+)$/m);
    const { stdout: json } = await runCliWell(['compare', fast, precise, '--json']);
    expect(JSON.parse(json)).toMatchObject({
      rows: { matched: 12, unmatched: [0, 0] },
      metrics: { ifd: { missing: { a: 0, b: 0, both: 0 } } },
      top: [{ percent: 5, chosen: [0, 0], overlap: null }, { percent: 10 }, { percent: 15 }],
    });
  });

  it('refuses a dataset that was not scored', async () => {
    const { message, remedy } = refusalOf(await runCli(['compare', EXAMPLE_DATASET, EXAMPLE_DATASET]));
    expect(message).toMatch(/instructions\.jsonl:1: the row has neither ifd_ppl nor rifd_ppl/);
    expect(remedy).toMatch(/reflection-tuning score/);
  });

  it('refuses a directory and an empty file', async () => {
    refusalOf(await runCli(['compare', directory, directory]));
    const empty = join(directory, 'empty.jsonl');
    await writeFile(empty, '');
    expect(refusalOf(await runCli(['compare', empty, empty])).message).toMatch(/has no rows/);
  });
});
