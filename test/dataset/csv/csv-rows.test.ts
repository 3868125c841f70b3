import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReadRowsOptions, readRows } from '../../../src/dataset/open-rows.js';
import type { Row } from '../../../src/dataset/row.js';
import { spellRecord } from '../../../src/output/pack/csv-record.js';
import { collect } from '../../helpers/collect.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'csv-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function read(
  content: string | Uint8Array,
  options?: ReadRowsOptions,
  name = 'rows.csv',
): Promise<Row[]> {
  const file = join(directory, name);
  await writeFile(file, content);
  return collect(readRows(file, options));
}

const objects = (rows: readonly Row[]) => rows.map((row) => row.object);

describe('readRows on separated values', () => {
  it('reads line breaks, quotes and separators within quotes, behind a byte order mark', async () => {
    const rows = await read(
      '\uFEFFinstruction,output,id\r\n"Say ""hi"",\r\nplease.",hi,01\r\n5" pipe,"",1e400\r\n\r\nlast,"x"\t,\n',
    );
    expect(rows.map(({ line }) => line)).toEqual([2, 4, 6]);
    expect(objects(rows)).toEqual([
      { instruction: 'Say "hi",\r\nplease.', output: 'hi', id: '01' },
      { instruction: '5" pipe', output: '', id: '1e400' },
      undefined,
    ]);
    expect(rows[2]).toMatchObject({
      reason: 'malformed_csv',
      detail: expect.stringMatching(/rows\.csv:6: text follows the quote/),
    });
  });

  it('keeps the rows around one that does not fit its columns', async () => {
    const rows = await read('instruction,output\na,1\nb,2,3\nc\nd,4\n');
    expect(rows.map((row) => (row.kind === 'bad' ? row.reason : 'sample'))).toEqual([
      'sample',
      'malformed_csv',
      'malformed_csv',
      'sample',
    ]);
    expect(rows[1]).toMatchObject({
      text: 'b,2,3',
      detail: expect.stringContaining('rows.csv:3: the row has 3 cells, but there are 2 columns'),
    });
  });

  it('names a quote that is never closed and the place where it opens', async () => {
    const rows = await read('instruction,output\na,1\nb,"2\nc,3\n');
    expect(rows[1]).toMatchObject({
      reason: 'malformed_csv',
      detail: expect.stringMatching(/:3: .*never closed/),
    });
  });

  it('keeps the bytes of a row in Latin-1', async () => {
    const rows = await read(Buffer.from('instruction,output\na,1\nna\u00efve,2\nc,3\n', 'latin1'));
    expect(rows[1]).toMatchObject({ reason: 'invalid_utf8', bytes: Buffer.from('na\u00efve,2', 'latin1') });
    expect(rows).toHaveLength(3);
  });

  it('goes on behind a row that is too large, keeping none of it', async () => {
    const large = `"${'x\n'.repeat(50_000)}",1`;
    const rows = await read(`instruction,output\n${large}\nb,2\n`, { maxRowBytes: 1000, chunkBytes: 4096 });
    expect(rows[0]).toMatchObject({ reason: 'row_too_large', text: expect.stringMatching(/^.{200}$/s) });
    expect(objects(rows)[1]).toEqual({ instruction: 'b', output: '2' });
  });

  it('reads tabs by the name or by what it is told, and semicolons where there is no comma', async () => {
    const expected = [{ instruction: 'a,b', output: '1' }];
    expect(objects(await read('instruction\toutput\na,b\t1\n', {}, 'rows.tsv'))).toEqual(expected);
    expect(objects(await read('instruction\toutput\na,b\t1\n', { format: 'tsv' }, 'rows'))).toEqual(expected);
    expect(objects(await read('instruction;output\na,b;1\n'))).toEqual(expected);
  });

  it.each([
    ['', /has no rows/],
    ['instruction,output\n', /has no rows/],
    ['a,b,a\n1,2,3\n', /two columns that are called "a"/],
    [Buffer.from('na\u00efve,b\n1,2\n', 'latin1'), /column names that are not valid UTF-8/],
  ])('refuses %j', async (content, message) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/\.$/),
    });
  });

  it('reads what is written, in chunks of any size', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '\u00e9', '\u{1f600}', '\t'),
    });
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
      );
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (cells, chunkBytes, isTabs) => {
          const separator = isTabs ? '\t' : ',';
          const names = cells[0]!.map((_, i) => `column ${i}`);
          // a blank line is no record
          fc.pre(cells.every((record) => spellRecord(record, separator) !== ''));
          const content = [names, ...cells].map((record) => `${spellRecord(record, separator)}\n`).join('');
          const rows = await read(content, { chunkBytes, format: isTabs ? 'tsv' : 'csv' });
          expect(rows.map(({ text }) => Object.values(JSON.parse(text)))).toEqual(cells);
        },
      ),
      { numRuns: 100 },
    );
  });
});
