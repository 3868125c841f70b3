import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXAMPLE_DATASET } from '../helpers/paths.js';
import { runCliWell, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import { readPage } from './pages.js';

const PAGE = readPage('docs/method.md');

/** The fields of the output line for one example row, computed in F32. */
// biome-ignore lint/suspicious/noExplicitAny: whatever was written; the test looks into it
async function scoresOf(id: string): Promise<any> {
  const directory = await mkdtemp(join(tmpdir(), 'worked-example-'));
  try {
    const rows = (await readFile(EXAMPLE_DATASET, 'utf8')).split('\n');
    const [dataset, output] = [join(directory, 'row.jsonl'), join(directory, 'scores.jsonl')];
    await writeFile(dataset, rows.find((row) => row.includes(`"${id}"`))!);
    const options = ['--precision', 'precise', '--per-token', '-o', output];
    await runCliWell(['score', dataset, ...TINY_ON_ONE_THREAD, ...options]);
    return JSON.parse(await readFile(output, 'utf8'));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The cells behind the first of a table's line, without their markup. */
function cellsOf(first: string): string[] {
  const line = PAGE.split('\n').find((candidate) => candidate.startsWith(`| ${first} |`));
  if (line === undefined) throw new Error(`no table of the page has a line ${first}`);
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

/** As the page writes numbers. */
function spell(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

describe('the example that docs/method.md computes by hand', () => {
  it('has the numbers that the student gives', async () => {
    const scores = await scoresOf('ex-034');
    const { logprobs_A_direct: direct, logprobs_A_condition: condition } = scores;

    const tokens = [...PAGE.matchAll(/^\| `([^`_]+)` \| (-[\d.]+) \| (-[\d.]+) \| (-?[\d.]+) \|$/gm)];
    expect(tokens.map(([, token]) => token).join('')).toBe(scores.output);
    expect(tokens.map(([, , ...numbers]) => numbers)).toEqual(
      tokens.map((_, i) => [direct[i], condition[i], condition[i] - direct[i]].map((x) => spell(x, 3))),
    );
    const sums = [sum(direct), sum(condition)] as const;
    expect(cellsOf('sum')).toEqual([...sums, sums[1] - sums[0]].map((x) => spell(x, 3)));
    const losses = [scores.loss_A_direct, scores.loss_A_condition] as const;
    const gain = losses[0] - losses[1];
    expect(cellsOf('loss: minus the sum, divided by 7')).toEqual([...losses, gain].map((x) => spell(x, 3)));
    const perplexities = [scores.ppl_A_direct, scores.ppl_A_condition] as const;
    expect(cellsOf('perplexity: exp of the loss')).toEqual([...perplexities.map((x) => spell(x, 0)), '']);
    expect(PAGE).toContain(`exp(-${spell(gain, 3)}) = **${spell(scores.ifd_ppl, 3)}**`);
    expect(PAGE).toContain(`= ${spell(scores.ifd_loss, 3)}.`);

    for (const name of ['direct', 'condition']) {
      const logprobs = scores[`logprobs_Q_${name}`];
      const expected = [
        spell(sum(logprobs), 3),
        String(logprobs.length),
        spell(scores[`loss_Q_${name}`], 3),
        spell(scores[`ppl_Q_${name}`], 0),
      ];
      expect(cellsOf(name)).toEqual(expected);
    }
    expect(PAGE).toContain(`= **${spell(scores.rifd_ppl, 3)}**`);
  });
});
