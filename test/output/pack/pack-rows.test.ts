import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRows } from '../../../src/dataset/open-rows.js';
import { packRows } from '../../../src/output/pack/pack-rows.js';
import { rowFormatOf } from '../../../src/output/row-format.js';
import { collect } from '../../helpers/collect.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pack-'));
});
afterAll(() => rm(directory, { recursive: true }));

const never = () => {
  throw new Error('there is no origin');
};

async function pack(name: string, lines: readonly string[]): Promise<string> {
  const [from, to] = [join(directory, 'lines'), join(directory, name)];
  await writeFile(from, lines.map((line) => `${line}\n`).join(''));
  await packRows(to, rowFormatOf(to), { lines: from, read: never });
  return to;
}

const LINES = [
  '{"id":9007199254740993,"price":1.10,"text":"a, \\"b\\"\\n","list":[1,null],"nested":{"x":true}}',
  '{"id":2,"price":0.5,"text":null,"list":[],"nested":{"x":null},"more":"late"}',
];

describe('packRows', () => {
  it('spells cells as the lines do, nested ones as JSON, under the names of all rows', async () => {
    const text = await readFile(await pack('rows.csv', LINES), 'utf8');
    expect(text).toBe(
      'id,price,text,list,nested,more\n' +
        '9007199254740993,1.10,"a, ""b""\n","[1,null]","{""x"":true}",\n' +
        '2,0.5,,[],"{""x"":null}",late\n',
    );
  });

  it.each(['rows.parquet', 'rows.arrow'])('finds out the types of columns for %s', async (name) => {
    const rows = await collect(readRows(await pack(name, LINES)));
    expect(rows.map(({ text }) => text)).toEqual([
      '{"id":9007199254740993,"price":1.1,"text":"a, \\"b\\"\\n","list":[1,null],"nested":{"x":true},"more":null}',
      '{"id":2,"price":0.5,"text":null,"list":[],"nested":{"x":null},"more":"late"}',
    ]);
  });

  it('makes text of a field that holds texts and others, and has a place for a field that is always null', async () => {
    const rows = await collect(
      readRows(await pack('mixed.parquet', ['{"a":"x","b":null}', '{"a":[1],"b":null}'])),
    );
    expect(rows.map(({ object }) => object)).toEqual([
      { a: 'x', b: null },
      { a: '[1]', b: null },
    ]);
  });

  it('packs no rows at all', async () => {
    expect(await readFile(await pack('none.csv', []), 'utf8')).toBe('');
    await expect(collect(readRows(await pack('none.parquet', [])))).rejects.toMatchObject({
      message: expect.stringContaining('has no rows'),
    });
  });
});
