import { describe, expect, it } from 'vitest';
import { selectReference } from '../../src/reference/select-reference.js';
import { VARIANTS, type Variant } from '../../src/selection/variant.js';
import { temporaryDirectory } from './temporary-directory.js';

const { save } = temporaryDirectory();
type Ratio = number | 'NaN';

/** One row a line: `[ifd, rifd]` of original, instruction, response and both. */
const ROWS: readonly (readonly (readonly [Ratio, Ratio])[])[] = [
  [
    [0.5, 0.5],
    [0.6, 0.5],
    [0.1, 0.1],
    [0.7, 0.4],
  ], // both
  [
    [0.5, 0.5],
    [0.6, 0.5],
    [0.1, 0.1],
    [0.7, 0.5],
  ], // instruction
  [
    [0.5, 0.5],
    [0.5, 0.1],
    [0.9, 0.4],
    [0.1, 0.1],
  ], // response
  [
    [0.5, 0.5],
    [0.4, 0.1],
    [0.9, 0.5],
    [0.1, 0.1],
  ], // original
  [
    [0.5, 0.5],
    [0.6, 0.5],
    [0.1, 0.1],
    [1, 0.4],
  ], // both, whose IFD is too high
  [
    [0.5, 0.5],
    [0.4, 0.5],
    [0, 0],
    [0.6, 0.6],
  ], // a failed response
  [
    ['NaN', 'NaN'],
    [0.6, 0.5],
    [0.5, 0.1],
    [0.6, 0.4],
  ], // an unscorable original
];

const IN_ORDER: readonly number[] = [...ROWS.keys()];

/** Saves the four files, all but the first in another order. */
const saveFiles = async (order = IN_ORDER) => {
  const files = {} as Record<Variant, string>;
  for (const [column, variant] of VARIANTS.entries()) {
    const records = (variant === 'original' ? IN_ORDER : order).map((index) => {
      const [ifd, rifd] = ROWS[index]![column]!;
      return `{"id": ${index}, "output": "${variant}", "ifd_ppl": ${ifd}, "rifd_ppl": ${rifd}}`;
    });
    files[variant] = await save(`${variant}.json`, `[\n${records.join(',\n')}\n]`);
  }
  return files;
};

const picked = ({ selected }: Awaited<ReturnType<typeof selectReference>>) =>
  selected.map(({ index, variant }) => [index, variant]);

describe('selectReference', () => {
  it('refuses failed scores unless told otherwise, and lets candidates of an unscorable original win', async () => {
    const selection = await selectReference(await saveFiles());
    expect(picked(selection)).toEqual([
      [0, 'both'],
      [2, 'response'],
      [6, 'both'],
    ]);
    expect(selection.counts).toEqual({ count_1: 2, count_2: 1, count_3: 1, count_4: 2 });
  });

  it('selects exactly what the research code does when told to', async () => {
    const selection = await selectReference(await saveFiles(), { bugCompatible: true });
    expect(picked(selection)).toEqual([
      [0, 'both'],
      [2, 'response'],
      [5, 'response'],
    ]);
    expect(selection.counts).toEqual({ count_1: 1, count_2: 1, count_3: 2, count_4: 1 });
  });

  it("gives the chosen variant's record as it stands in its file", async () => {
    const { selected } = await selectReference(await saveFiles());
    const record = '{"id": 2, "output": "response", "ifd_ppl": 0.9, "rifd_ppl": 0.4}';
    expect(selected[1]?.record).toMatchObject({ object: JSON.parse(record), row: { text: record } });
  });

  it('joins by id when the files are in different orders', async () => {
    const selection = await selectReference(await saveFiles([6, 5, 4, 3, 2, 1, 0]), {
      joinBy: 'id',
    });
    const rows = ({ selected }: typeof selection) =>
      selected.map(({ index, record }) => [index, record.object]);
    const inOrder = await selectReference(await saveFiles());
    expect(rows(selection)).toEqual(rows(inOrder));
    expect(selection.counts).toEqual(inOrder.counts);
  });

  it('refuses files that have not been analysed', async () => {
    const file = await save('plain.json', '[{"instruction": "Add.", "output": "3"}]');
    const files = { original: file, instruction: file, response: file, both: file };
    await expect(selectReference(files)).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: `${file}:1: the row cannot be used: it has no "ifd_ppl", so it is no record with an analysis.`,
    });
  });
});
