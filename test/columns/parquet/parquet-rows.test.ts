import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../../src/dataset/open-dataset.js';
import { readRows } from '../../../src/dataset/open-rows.js';
import type { DatasetName } from '../../../src/domain/dataset-name.js';
import { ReflectionError } from '../../../src/errors.js';
import { collect } from '../../helpers/collect.js';
import { columnFile, expectedRows } from '../fixtures.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parquet-'));
});
afterAll(() => rm(directory, { recursive: true }));

const texts = async (dataset: DatasetName) => (await collect(readRows(dataset))).map(({ text }) => text);

describe('readRows on Parquet', () => {
  it.each([
    ['several row groups, pages and dictionaries', 'chats-zstd.parquet'],
    ['pages of the second kind, deltas', 'chats-snappy-v2.parquet'],
    ['a folder of parts', 'parts'],
    ['a pattern', 'parts/train-*.parquet'],
  ])('reads %s, nested values and all digits', async (_, name) => {
    expect(await texts(columnFile(name))).toEqual(await expectedRows('chats'));
  });

  it.each(['gzip', 'brotli', 'lz4', 'none'])('reads pages packed with %s', async (codec) => {
    expect(await texts(columnFile(`chats-${codec}.parquet`))).toEqual(await expectedRows('chats', 6));
  });

  it.each(['types.parquet', 'types-v2.parquet'])(
    'spells every type so that nothing is lost: %s',
    async (name) => {
      expect(await texts(columnFile(name))).toEqual(await expectedRows('types'));
    },
  );

  it('finds out the layout, nulls in messages being none', async () => {
    using data = await openDataset(columnFile('chats-zstd.parquet'), {});
    expect(data).toMatchObject({ format: 'parquet', found: { layout: { name: 'messages' }, matching: 40 } });
    const rows = await collect(data.rows);
    expect(rows.every(({ kind }) => kind === 'conversation')).toBe(true);
    expect(rows.map(({ line }) => line)).toEqual(rows.map((_, i) => i + 1));
  });

  it('says of a text that is no UTF-8 where it is, and keeps the rows around it', async () => {
    const rows = await collect(readRows(columnFile('latin1.parquet')));
    expect(rows).toMatchObject([
      { kind: 'bad', reason: 'invalid_utf8', detail: expect.stringMatching(/latin1\.parquet:1: a text/) },
      { kind: 'sample' },
    ]);
  });

  it('refuses a file without rows, and parts with other columns, naming them', async () => {
    await expect(texts(columnFile('empty.parquet'))).rejects.toMatchObject({
      message: expect.stringContaining('has no rows'),
    });
    const parts = [columnFile('parts'), columnFile('other-names.parquet')];
    await expect(readRows(parts).next()).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: expect.stringMatching(
        /other-names\.parquet has a column turns\.list.*, other than .*train-00000/,
      ),
    });
  });

  it('refuses a row group packed in a way that is not read, naming the column', async () => {
    const whole = await readFile(columnFile('chats-none.parquet'));
    const file = join(directory, 'lzo.parquet');
    // the codec of a chunk stands behind the path of its column: field 4, an i32
    const at = whole.lastIndexOf(Buffer.from('\x02id\x15\x00', 'latin1'));
    expect(at).toBeGreaterThan(0);
    await writeFile(
      file,
      Buffer.concat([whole.subarray(0, at + 4), Buffer.from([6]), whole.subarray(at + 5)]),
    );
    await expect(texts(file)).rejects.toMatchObject({
      message: expect.stringMatching(/column "id" packed with LZO/),
    });
  });

  it('says that a file is cut off, wherever it is', async () => {
    const whole = await readFile(columnFile('chats-zstd.parquet'));
    const file = join(directory, 'cut.parquet');
    for (const length of [4, 5, 11, 12, 100, whole.length - 9, whole.length - 1]) {
      await writeFile(file, whole.subarray(0, length));
      await expect(texts(file)).rejects.toMatchObject({
        code: 'dataset_unreadable',
        message: expect.stringContaining('ends too early'),
      });
    }
  });

  it('refuses what is said to be Parquet and is not', async () => {
    const read = collect(readRows(columnFile('chats.jsonl'), { format: 'parquet' }));
    await expect(read).rejects.toMatchObject({ message: expect.stringContaining('is no Parquet file') });
  });

  it('reads or refuses whatever is damaged, and never fails otherwise', async () => {
    const whole = await readFile(columnFile('chats-zstd.parquet'));
    const file = join(directory, 'damaged.parquet');
    const damage = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        const bytes = Buffer.from(whole);
        for (const { at, byte } of damages) bytes[at] = byte;
        await writeFile(file, bytes);
        const failure: unknown = await texts(file).then(
          () => undefined,
          (error) => error,
        );
        if (failure === undefined) return;
        expect(failure).toBeInstanceOf(ReflectionError);
        expect(failure).toMatchObject({ code: 'dataset_unreadable', remedy: expect.stringMatching(/\.$/) });
      }),
      { numRuns: 150 },
    );
  });
});
