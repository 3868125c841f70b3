import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetBytes } from '../../src/dataset/input.js';
import { readRows } from '../../src/dataset/open-rows.js';
import type { DatasetName } from '../../src/domain/dataset-name.js';
import { collect } from '../helpers/collect.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inputs-'));
});
afterEach(() => rm(directory, { recursive: true }));

const at = (name: string) => join(directory, name);
const row = (text: string) => `{"instruction":"${text}","output":"1"}`;
const save = (name: string, content: string) => writeFile(at(name), content);
const texts = async (dataset: DatasetName) => (await collect(readRows(dataset))).map(({ text }) => text);

describe('readRows on several inputs', () => {
  it('reads them in order as one dataset, each row knowing its file', async () => {
    await save('b.jsonl', `${row('b1')}\n${row('b2')}\n`);
    await save('a.json', `[${row('a1')},{}]`);
    const dataset = [at('b.jsonl'), at('a.json')];
    const rows = await collect(readRows(dataset));
    expect(rows.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 1, 1]);
    expect(rows[3]).toMatchObject({ kind: 'bad', detail: expect.stringMatching(/a\.json:1: /) });
    const ends = rows.map(({ endByte }) => endByte);
    expect(ends).toEqual([...ends].sort((x, y) => x - y));
    expect(ends[2]).toBeGreaterThan(ends[1]!);
    expect(ends[3]).toBeLessThanOrEqual((await datasetBytes(dataset))!);
  });

  it('reads the data files of a folder and those that match a pattern, by their names', async () => {
    await mkdir(at('parts/more'), { recursive: true });
    for (const name of ['parts/10.jsonl', 'parts/2.jsonl', 'parts/more/3.jsonl']) await save(name, row(name));
    await save('parts/README.md', 'no data');
    await save('parts/.hidden.jsonl', row('hidden'));
    const [ten, two, three] = ['parts/10.jsonl', 'parts/2.jsonl', 'parts/more/3.jsonl'].map(row);
    expect(await texts(at('parts'))).toEqual([ten, two]);
    expect(await texts(at('parts/*.jsonl'))).toEqual([ten, two]);
    expect(await texts(at('p?rts/**/[0-9]*.{jsonl,json}'))).toEqual([ten, two, three]);
    expect(await texts(at('parts/{2,7}.jsonl'))).toEqual([two]);
  });

  it('takes a file whose name looks like a pattern', async () => {
    await save('a[1].jsonl', row('a'));
    expect(await texts(at('a[1].jsonl'))).toEqual([row('a')]);
  });

  it('refuses files of different formats, naming the one that differs', async () => {
    await save('a.jsonl', row('a'));
    await save('b.csv', 'instruction,output\na,1\n');
    await expect(texts([at('a.jsonl'), at('b.csv')])).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: expect.stringMatching(/b\.csv is csv, and the files before it are json/),
    });
  });

  it('refuses what stands for no file and says what is there', async () => {
    await mkdir(at('empty'));
    await mkdir(at('data/train'), { recursive: true });
    await mkdir(at('dict'));
    await save('dict/dataset_dict.json', '{"splits": ["train", "test"]}');
    const refusal = (dataset: DatasetName) => texts(dataset).catch((error) => [error.message, error.remedy]);
    expect(await refusal(at('none*.jsonl'))).toEqual([
      expect.stringContaining('is a pattern that no file matches'),
      expect.anything(),
    ]);
    expect(await refusal(at('empty'))).toEqual([
      expect.stringContaining('is a directory without data files'),
      expect.anything(),
    ]);
    expect(await refusal(at('data'))).toEqual([expect.anything(), expect.stringContaining('in it: train')]);
    expect(await refusal(at('dict'))).toEqual([
      expect.stringContaining('several splits: train, test'),
      expect.stringContaining(at('dict/train')),
    ]);
    expect(await refusal(['-', '-'])).toEqual([expect.stringContaining('read only once'), expect.anything()]);
  });
});
