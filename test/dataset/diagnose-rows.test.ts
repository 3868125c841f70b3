import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findUsableLayout } from '../../src/dataset/open-dataset.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'diagnose-rows-'));
});
afterAll(() => rm(directory, { recursive: true }));

const ROW = '{"instruction":"a","output":"b"}';
const NARRATED = '{"id":1,"messages":[{"role":"narrator","content":"Once."}]}';

async function checked(content: string | Buffer, limit?: number): Promise<void> {
  const file = join(directory, 'data');
  await writeFile(file, content);
  await findUsableLayout(file, {}, { limit });
}

describe('findUsableLayout', () => {
  it.each<[string, string | Buffer, RegExp, RegExp]>([
    [
      'an unknown speaker',
      `[${NARRATED},\n${NARRATED}]`,
      /all of its 2 rows .*unknown_role.*"narrator"/,
      /Mend the rows/,
    ],
    ['columns that no layout has', '{"q":"a","r":"b"}\n', /their columns are "q", "r"/, /`map`/],
    [
      'rows in a member',
      `{"info":{},"data":[${ROW},${ROW}]}`,
      /member "data" holds 2 rows/,
      /\.\["data"\]\[\]/,
    ],
    [
      'the same, indented',
      JSON.stringify({ data: [{ a: 1 }, { a: 2 }] }, null, 2),
      /"data" holds 2 rows/,
      /jq/,
    ],
    [
      'columns',
      '{"instruction":["a","b"],"output":["c","d"]}',
      /of columns: .*"output" hold 2 values/,
      /pandas/,
    ],
    [
      'columns of pandas',
      '{"instruction":{"0":"a"},"output":{"0":"c"}}',
      /of columns: .* 1 values/,
      /pandas/,
    ],
    [
      'CSV',
      'instruction,output\na,"b, c"\n',
      /looks like CSV with the columns "instruction", "output"/,
      /end in \.csv, or say that its format is csv/,
    ],
    [
      'quoted CSV',
      '"in struction";"output"\r\n"a";"b"\r\n',
      /CSV \(with semicolons\) .*"in struction"/,
      /end in \.csv/,
    ],
    ['tabs', 'instruction\toutput\na\tb\n', /tab-separated values/, /end in \.tsv/],
    ['carriage returns', `${ROW}\r${ROW}\r`, /lines end in carriage returns alone/, /tr '\\r'/],
    ['CSV with them', 'instruction,output\ra,b\r', /carriage returns alone/, /tr/],
    [
      'objects over lines',
      '{\n"instruction":"a",\n"output":"b"\n}\n{\n',
      /spread over several lines/,
      /jq -c/,
    ],
    [
      'an LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
      /Git LFS pointer/,
      /git lfs/,
    ],
    ['a web page', '<!DOCTYPE html>\n<html>\n', /web page/, /Download/],
    [
      'other values',
      '[1,\n2]',
      /all of its 2 rows .*not_an_object.*data:1: the row is a number/,
      /Rows are objects/,
    ],
    ['plain prose', 'Once upon a time.\n', /its only row is unusable \(malformed_json\)/, /Rows are objects/],
    ['compressed', gzipSync(`{"data":[${ROW}]}`), /"data" holds 1 row/, /jq/],
  ])('says what it found: %s', async (_, content, found, remedy) => {
    await expect(checked(content)).rejects.toMatchObject({
      code: 'nothing_scorable',
      message: expect.stringMatching(/^The dataset .*data has no row that can be scored: .*[^.]\.$/),
      remedy: expect.stringMatching(remedy),
    });
    await expect(checked(content)).rejects.toThrow(found);
  });

  it('is content with one row, wherever it stands within the limit', async () => {
    const bad = `${NARRATED}\n`.repeat(1000);
    const good = NARRATED.replace('narrator', 'gpt');
    await checked(`${bad}${good}\n`);
    await expect(checked(`${bad}${good}\n`, 1000)).rejects.toThrow(/narrator/);
    await checked(`${good}\n${bad}`, 1);
  });

  it('passes on that there are no rows', async () => {
    await expect(checked(' ')).rejects.toMatchObject({ code: 'dataset_unreadable' });
  });
});
