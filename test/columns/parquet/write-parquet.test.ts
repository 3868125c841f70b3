import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Field } from '../../../src/columns/field-type.js';
import { pageCodecs } from '../../../src/columns/parquet/read/page-codecs.js';
import { writeColumns } from '../../../src/columns/write-columns.js';
import type { TextEdit, WrittenRow } from '../../../src/columns/written-row.js';
import { readRows } from '../../../src/dataset/open-rows.js';
import { collect } from '../../helpers/collect.js';
import { columnFile, expectedRows } from '../fixtures.js';
import { anyChoices, FIELDS } from '../written-fields.js';

let directory: string;
let output: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'write-parquet-'));
  output = join(directory, 'out.parquet');
});
afterAll(() => rm(directory, { recursive: true }));

async function write(sources: readonly string[], rows: readonly WrittenRow[], added = FIELDS): Promise<void> {
  const each = (async function* () {
    yield* rows;
  })();
  await writeColumns(output, 'parquet', false, {
    sources: sources.map(columnFile),
    rows: each,
    fields: added,
    names: {},
  });
}

async function written(): Promise<Record<string, unknown>[]> {
  return (await collect(readRows(output))).map(({ text }) => JSON.parse(text));
}

/** What another reader finds in the output. */
async function readByOther(columns: string[]): Promise<unknown> {
  const file = await asyncBufferFromFile(output);
  return parquetReadObjects({ file, columns, compressors: await pageCodecs() });
}

const all = (count: number, more: Partial<WrittenRow> = {}): WrittenRow[] =>
  Array.from({ length: count }, (_, index) => ({ index, fields: {}, ...more }));

describe('writeColumns to Parquet', () => {
  it('keeps any rows of files of any row groups, with edits and any added values', async () => {
    const expected = (await expectedRows('chats')).map((line) => JSON.parse(line));
    const sources = fc.constantFrom(
      ['chats-zstd.parquet'],
      ['chats-snappy-v2.parquet'],
      ['parts/train-00000-of-00002.parquet', 'parts/train-00001-of-00002.parquet'],
    );
    await fc.assert(
      fc.asyncProperty(sources, anyChoices, async (files, choices) => {
        const rows = choices.flatMap((choice, index): WrittenRow[] => {
          if (choice === undefined) return [];
          const turn = choice.turn;
          const isThere = turn !== undefined && turn < expected[index].messages.length;
          const edits = isThere ? [{ path: ['messages', turn, 'content'], value: `é ${index}` }] : [];
          return [{ index, edits, fields: choice.fields }];
        });
        await write(files, rows);
        const wanted = rows.map(({ index, edits, fields: values }) => {
          const copy = structuredClone(expected[index]);
          for (const { path, value } of edits as TextEdit[]) copy.messages[path[1]!].content = value;
          return { ...copy, ...values };
        });
        expect(await written()).toEqual(wanted);
        const ids = rows.map(({ index }) => ({ id: BigInt(2 ** 53) + BigInt(index) }));
        expect(await readByOther(['id'])).toEqual(ids);
      }),
      { numRuns: 40 },
    );
  });

  it('writes values that another reader finds', async () => {
    const values = [
      {
        text: 'a',
        number: 0.1,
        count: 2 ** 53 - 1,
        is: true,
        turns: [
          { a: 1, b: [0.5, null] },
          { a: null, b: [] },
        ],
      },
      { text: null, number: null, count: null, is: null, turns: null },
    ];
    await write(
      ['plain.parquet'],
      [0, 7].map((index, i) => ({ index, fields: values[i]! })),
    );
    const found = await readByOther(['instruction', ...FIELDS.map(({ name }) => name)]);
    expect(found).toEqual([
      {
        instruction: 'Add 0 and 0.',
        ...{ text: 'a', number: 0.1, count: 2n ** 53n - 1n, is: true },
        turns: [
          { a: 1n, b: [0.5, null] },
          { a: null, b: [] },
        ],
      },
      { instruction: 'Add 7 and 7.', ...values[1] },
    ]);
  });

  it('copies the columns of whole row groups byte for byte, whatever their types', async () => {
    const source = columnFile('types.parquet');
    await write(['types.parquet'], all(4));
    const [from, to] = [await readFile(source), await readFile(output)];
    const metadata = async (file: string) => parquetMetadataAsync(await asyncBufferFromFile(file));
    const [before, after] = [await metadata(source), await metadata(output)];
    expect(after.row_groups).toHaveLength(2);
    for (const [group, { columns }] of before.row_groups.entries()) {
      for (const [i, { meta_data: meta }] of columns.entries()) {
        const copy = after.row_groups[group]!.columns[i]!.meta_data!;
        const bytes = (
          file: Buffer,
          { data_page_offset: data, dictionary_page_offset: dictionary, ...rest }: typeof copy,
        ) => {
          const start = Number(dictionary ?? data);
          return file.subarray(start, start + Number(rest.total_compressed_size));
        };
        expect(bytes(to, copy).equals(bytes(from, meta!)), copy.path_in_schema.join('.')).toBe(true);
        expect(copy.statistics).toEqual(meta!.statistics);
      }
    }
    expect(after.schema.slice(1, before.schema.length)).toEqual(before.schema.slice(1));
  });

  it('keeps stored values of every type where rows are left out', async () => {
    for (const name of ['types.parquet', 'types-v2.parquet']) {
      await write(
        [name],
        [
          { index: 1, fields: {} },
          { index: 3, fields: {} },
        ],
        [],
      );
      const rows = (await collect(readRows(output))).map(({ text }) => text);
      const expected = await expectedRows('types');
      expect(rows).toEqual([expected[1], expected[3]]);
    }
  });

  it('moves columns whose names are taken, and drops those of an earlier output', async () => {
    const added: readonly Field[] = [{ name: 'output', type: { kind: 'string' } }];
    const rows = all(12, { fields: { output: 'new' } });
    await write(['plain.parquet'], rows, added);
    expect((await written())[1]).toEqual({
      ...{ instruction: 'Add 1 and 1.', input: '' },
      original_fields: { output: '2' },
      output: 'new',
    });
    const each = (async function* () {
      yield* rows;
    })();
    const names = { signature: ['input', 'output'], reserved: new Set(['input', 'output']) };
    await writeColumns(output, 'parquet', false, {
      sources: [columnFile('plain.parquet')],
      rows: each,
      fields: added,
      names,
    });
    expect((await written())[1]).toEqual({ instruction: 'Add 1 and 1.', output: 'new' });
  });

  it('never loses an edit: one that has no place is a failure', async () => {
    const edited = (path: (string | number)[]) =>
      write(
        ['chats-zstd.parquet'],
        [
          {
            index: 1,
            edits: [
              { path, value: 'a' },
              { path, value: 'b' },
            ],
            fields: {},
          },
        ],
        [],
      );
    await edited(['messages', 1, 'content']);
    expect((await written())[0]).toMatchObject({ messages: [{}, { content: 'b' }] });
    for (const path of [['messages', 9, 'content'], ['messages', 1, 'nothing'], ['messages']]) {
      await expect(edited(path)).rejects.toThrow('has no place');
    }
  });

  it('writes rows without a source, and none at all', async () => {
    const rows = all(3, { fields: { text: 'a', number: 1.5 } });
    await write([], rows, FIELDS.slice(0, 2));
    expect(await written()).toEqual(Array(3).fill({ text: 'a', number: 1.5 }));
    await write(['types.parquet'], []);
    const { num_rows: count } = await parquetMetadataAsync(await asyncBufferFromFile(output));
    expect(count).toBe(0n);
  });
});
