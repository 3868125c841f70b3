import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compareScores } from '../../src/comparison/compare-scores.js';
import { selectReference } from '../../src/reference/select-reference.js';
import { renderSelection } from '../../src/report/render-selection.js';
import { select } from '../../src/select/select.js';
import { selectImported } from '../../src/select/select-imported.js';
import { selectScored } from '../../src/select/select-scored.js';
import { temporaryDirectory } from '../reference/temporary-directory.js';

const { pathOf, save } = temporaryDirectory();

/** A scored file with these IFDs, every r-IFD being 0.5. */
async function scored(name: string, ifds: readonly number[]): Promise<string> {
  const lines = ifds.map((ifd_ppl, id) => JSON.stringify({ id, row_key: `${id}`, ifd_ppl, rifd_ppl: 0.5 }));
  return save(name, `${lines.join('\n')}\n`);
}

/** The four files of one dataset; the answer alone wins in the first row, nothing is below 1 in the second. */
async function fourFiles(): Promise<string[]> {
  const ifds = { ori: [0.8, 1.2], Q: [0.7, 1.1], A: [0.9, 1.3], QA: [0.6, 1.4] };
  const files = Object.entries(ifds).map(([name, values], i) =>
    save(
      `${name}.jsonl`,
      values.map((ifd_ppl) => `${JSON.stringify({ name, ifd_ppl, rifd_ppl: 0.9 - i / 10 })}\n`).join(''),
    ),
  );
  return Promise.all(files);
}

describe('select', () => {
  it('writes the rows of one file that pass, and says what became of the others', async () => {
    const file = await scored('one.jsonl', [0.9, 1.5, 0.2, 0.7]);
    const output = pathOf('top.jsonl');
    const result = await select({ importScores: [file], output, maxIfd: 0.8, top: 50 });
    expect(result).toEqual({
      ...{ kind: 'by_policy', output, selected: 1 },
      rejections: { ifd_too_high: 2, below_top: 1 },
    });
    expect(await readFile(output, 'utf8')).toBe(`${(await readFile(file, 'utf8')).split('\n')[3]}\n`);
    expect(renderSelection(result)).toMatch(/^selected +1 .*top\.jsonl\nifd_too_high +2 /);
  });

  it('selects from four files, as a run does or as the research code', async () => {
    const files = await fourFiles();
    const byPolicy = await select({ importScores: files, output: pathOf('policy.jsonl') });
    expect(byPolicy).toMatchObject({ kind: 'by_policy', selected: 1, rejections: { ifd_too_high: 1 } });
    expect(JSON.parse(await readFile(pathOf('policy.jsonl'), 'utf8'))).toMatchObject({
      name: 'A',
      outcome: 'response',
    });
    const asPublished = await select({ referenceFiles: files, output: pathOf('published.jsonl') });
    expect(asPublished).toMatchObject({ kind: 'as_published', selected: 1, counts: { count_3: 1 } });
    expect(renderSelection(asPublished)).toMatch(/^count_1 .*\n(.*\n){3}selected +1 .*published\.jsonl\n$/);
  });

  it('replaces an output only when told to', async () => {
    const importScores = [await scored('again.jsonl', [0.5])];
    const asked = { importScores, output: await save('there.jsonl', 'kept\n') };
    await expect(select(asked)).rejects.toMatchObject({ code: 'output_unwritable' });
    expect(await readFile(asked.output, 'utf8')).toBe('kept\n');
    expect(await select({ ...asked, force: true })).toMatchObject({ selected: 1 });
  });
});

describe('what reads scored files', () => {
  const calls = {
    select: (file: string, more: object) =>
      select({ importScores: [file], output: pathOf('none.jsonl'), ...more }),
    selectScored: (file: string, more: object) => selectScored(file, more),
    selectImported: (file: string, more: object) =>
      selectImported({ original: file, instruction: file, response: file, both: file }, more),
    selectReference: (file: string, more: object) =>
      selectReference({ original: file, instruction: file, response: file, both: file }, more),
    compareScores: (file: string, more: object) => compareScores(file, file, more),
  };

  it.each(Object.entries(calls))('%s can be called off, and knows its options', async (_, call) => {
    const file = await scored('any.jsonl', [0.5, 0.6]);
    await expect(call(file, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
    await expect(call(file, { joinedBy: 'id' })).rejects.toMatchObject({
      code: 'invalid_option',
      option: 'joinedBy',
    });
  });
});
