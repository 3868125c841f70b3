import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordBatchReader, tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeColumns } from '../../../src/columns/write-columns.js';
import type { TextEdit, WrittenRow } from '../../../src/columns/written-row.js';
import { openDataset } from '../../../src/dataset/open-dataset.js';
import { readRows } from '../../../src/dataset/open-rows.js';
import type { DatasetName } from '../../../src/domain/dataset-name.js';
import { ReflectionError } from '../../../src/errors.js';
import { collect } from '../../helpers/collect.js';
import { columnFile, expectedRows } from '../fixtures.js';
import { anyChoices, FIELDS } from '../written-fields.js';

let directory: string;
let output: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'arrow-'));
  output = join(directory, 'out.arrow');
});
afterAll(() => rm(directory, { recursive: true }));

const SHARDS = [0, 1].map((i) => columnFile(`saved/data-0000${i}-of-00002.arrow`));
const texts = async (dataset: DatasetName) => (await collect(readRows(dataset))).map(({ text }) => text);
const objects = async (dataset: DatasetName) => (await texts(dataset)).map((text) => JSON.parse(text));

describe('readRows on Arrow', () => {
  it('reads the shards of a folder that datasets saved', async () => {
    expect(await texts(columnFile('saved'))).toEqual(await expectedRows('chats'));
    using data = await openDataset(columnFile('saved'), {});
    expect(data).toMatchObject({ format: 'arrow', found: { layout: { name: 'messages' } } });
  });

  it.each(['types.arrow', 'types-file.arrow'])(
    'spells every type so that nothing is lost: %s',
    async (name) => {
      expect(await texts(columnFile(name))).toEqual(await expectedRows('types'));
    },
  );

  it('says that a stream is cut off, be it between two batches', async () => {
    const whole = await readFile(SHARDS[0]!);
    const file = join(directory, 'cut.arrow');
    for (const length of [9, 100, whole.length - 200, whole.length - 8, whole.length - 1]) {
      await writeFile(file, whole.subarray(0, length));
      await expect(texts(file)).rejects.toMatchObject({
        code: 'dataset_unreadable',
        message: expect.stringMatching(/ends too early|is damaged/),
      });
    }
  });

  it('reads or refuses values that are damaged, and never fails otherwise', async () => {
    const whole = await readFile(columnFile('types.arrow'));
    const file = join(directory, 'damaged.arrow');
    // the library has no check for damage in what it says of the values, which comes to anything
    const places = bodiesOf(whole);
    const damage = fc.record({ at: fc.constantFrom(...places), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        const bytes = Buffer.from(whole);
        for (const { at, byte } of damages) bytes[at] = byte;
        await writeFile(file, bytes);
        const failure: unknown = await texts(file).then(
          () => undefined,
          (error) => error,
        );
        if (failure !== undefined) expect(failure).toBeInstanceOf(ReflectionError);
      }),
      { numRuns: 150 },
    );
  });
});

/** The places of values: behind the description of each message, up to the next message. */
function bodiesOf(stream: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 0; at < stream.length; at += 8) if (stream.readInt32LE(at) === -1) starts.push(at);
  return starts.flatMap((start, i) => {
    const from = start + 8 + stream.readInt32LE(start + 4);
    return Array.from({ length: Math.max((starts[i + 1] ?? from) - from, 0) }, (_, k) => from + k);
  });
}

async function write(
  sources: readonly string[],
  rows: readonly WrittenRow[],
  fields = FIELDS,
  isFolder = false,
) {
  const each = (async function* () {
    yield* rows;
  })();
  await writeColumns(output, 'arrow', isFolder, { sources, rows: each, fields, names: {} });
}

describe('writeColumns to Arrow', () => {
  it('keeps any rows of several streams, with edits and any added values', async () => {
    const expected = (await expectedRows('chats')).map((line) => JSON.parse(line));
    await fc.assert(
      fc.asyncProperty(anyChoices, async (choices) => {
        const rows = choices.flatMap((choice, index): WrittenRow[] => {
          if (choice === undefined) return [];
          const { turn, fields } = choice;
          const isThere = turn !== undefined && turn < expected[index].messages.length;
          const edits = isThere ? [{ path: ['messages', turn, 'content'], value: `é ${index}` }] : [];
          return [{ index, edits, fields }];
        });
        await write(SHARDS, rows);
        const wanted = rows.map(({ index, edits, fields }) => {
          const copy = structuredClone(expected[index]);
          for (const { path, value } of edits as TextEdit[]) copy.messages[path[1]!].content = value;
          return { ...copy, ...fields };
        });
        expect(await objects(output)).toEqual(wanted);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps stored values and types where rows are left out, and added values as another reader finds them', async () => {
    const values = {
      text: 'a',
      number: 0.1,
      count: 2 ** 53 - 1,
      is: true,
      turns: [{ a: 1, b: [0.5, null] }],
    };
    await write(
      [columnFile('types.arrow')],
      [1, 3].map((index) => ({ index, fields: values })),
    );
    const expected = (await expectedRows('types')).map((line) => line.slice(0, -1));
    const rows = await texts(output);
    expect(rows.map((row, i) => row.startsWith(expected[2 * i + 1]!))).toEqual([true, true]);
    const schemaOf = async (file: string) => RecordBatchReader.from(await readFile(file)).open().schema;
    const [before, after] = [await schemaOf(columnFile('types.arrow')), await schemaOf(output)];
    const described = ({ name, type, nullable }: (typeof before.fields)[number]) =>
      `${name}: ${type} ${nullable}`;
    expect(after.fields.slice(0, before.fields.length).map(described)).toEqual(before.fields.map(described));
    const added = tableFromIPC(await readFile(output)).select(FIELDS.map(({ name }) => name));
    expect(
      JSON.parse(JSON.stringify(added.get(1), (_, x) => (typeof x === 'bigint' ? Number(x) : x))),
    ).toEqual(values);
  });

  it('moves columns whose names are taken, and writes rows without a source', async () => {
    const fields = [{ name: 'source', type: { kind: 'string' } }] as const;
    const all = Array.from({ length: 40 }, (_, index) => ({ index, fields: { source: 'new' } }));
    await write(SHARDS, all, fields);
    const [first] = await objects(output);
    expect(first).toMatchObject({ original_fields: { source: null }, source: 'new' });
    await write([], all.slice(0, 3), fields);
    expect(await objects(output)).toEqual(Array(3).fill({ source: 'new' }));
  });

  it('saves a folder as datasets does, a part for each source', async () => {
    const all = Array.from({ length: 40 }, (_, index) => ({ index, fields: {} }));
    await rm(output);
    await write(SHARDS, all, [], true);
    expect((await readdir(output)).sort()).toEqual([
      ...['data-00000-of-00002.arrow', 'data-00001-of-00002.arrow', 'dataset_info.json', 'state.json'],
    ]);
    expect(await texts(output)).toEqual(await expectedRows('chats'));
  });
});
