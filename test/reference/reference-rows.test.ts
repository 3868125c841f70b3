import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readReferenceFile } from '../../src/reference/reference-rows.js';
import { temporaryDirectory } from './temporary-directory.js';

const { save } = temporaryDirectory();

const objectsOf = async (name: string, content: string | Uint8Array) =>
  (await readReferenceFile(await save(name, content))).rows.map(({ line, object }) => [line, object]);

describe('readReferenceFile', () => {
  it('reads lines, empty objects and bare tokens included', async () => {
    const lines = '{"ppl": [1.5, NaN, Infinity, 2], "loss": [0, 0, 0, 0]}\n{}\n{"a": "NaN"}';
    expect(await objectsOf('a.jsonl', lines)).toEqual([
      [1, { ppl: [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2], loss: [0, 0, 0, 0] }],
      [2, {}],
      [3, { a: 'NaN' }],
    ]);
  });

  it('reads an indented array, gzip-compressed or not', async () => {
    const array = '[\n    {\n        "ifd_ppl": NaN\n    },\n    {\n        "ifd_ppl": 0.5\n    }\n]';
    const objects = [
      [2, { ifd_ppl: Number.NaN }],
      [5, { ifd_ppl: 0.5 }],
    ];
    expect(await objectsOf('a.json', array)).toEqual(objects);
    expect(await objectsOf('a.json.gz', gzipSync(array))).toEqual(objects);
  });

  it.each([
    ['torn.jsonl', '{}\n{"ppl": [1.5, NaN', ':2: the row is not valid JSON'],
    ['torn.json', '[{"a": NaN},\n{"a": NaN}', ':2: the row cannot be told apart: the array is never closed'],
    ['list.jsonl', '{}\n[NaN]', ':2: the row is an array'],
    ['number.jsonl', '{}\n\n7', ':3: the row is a number'],
    ['latin1.jsonl', Buffer.from('{"a": "\xe9"}', 'latin1'), ':1: the row is not valid UTF-8'],
  ])('refuses %s', async (name, content, problem) => {
    const file = await save(name, content);
    await expect(readReferenceFile(file)).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: expect.stringContaining(`${file}${problem}`),
    });
  });

  it('names a file that does not exist', async () => {
    await expect(readReferenceFile('/no/such.json')).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: 'The dataset /no/such.json does not exist.',
    });
  });
});
