import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compareScores } from '../../src/comparison/compare-scores.js';
import { selectReference } from '../../src/reference/select-reference.js';
import { readScoredRows } from '../../src/scores/read-scored-rows.js';
import { selectScored } from '../../src/select/select-scored.js';
import { collect } from '../helpers/collect.js';
import { temporaryDirectory } from '../reference/temporary-directory.js';

const { save } = temporaryDirectory();
const ROWS = '{"row_key":"a","ifd_ppl":0.5,"rifd_ppl":0.5}\n{"row_key":"b","ifd_ppl":NaN,"rifd_ppl":null}\n';

describe('readScoredRows', () => {
  it.each<[string, string | Buffer]>([
    ['lines', ROWS],
    ['a byte order mark', `\uFEFF${ROWS}`],
    ['CRLF', ROWS.replaceAll('\n', '\r\n')],
    ['an array', `[${ROWS.trimEnd().replace('\n', ',\n')}]`],
    ['gzip', gzipSync(ROWS)],
  ])('reads %s, with the numbers Python writes', async (_, content) => {
    const rows = await collect(readScoredRows(await save('scored', content)));
    expect(rows.map(({ line }) => line)).toEqual([1, 2]);
    expect(rows.map(({ scores }) => [scores.ifd.kind, scores.rifd.kind])).toEqual([
      ['value', 'value'],
      ['missing', 'missing'],
    ]);
  });

  it('prefers the ratio that is there to the quotient of perplexities, which may have overflowed', async () => {
    const file = await save('scored', '{"ifd_ppl":0.5,"ppl_A_condition":null,"ppl_A_direct":null}');
    expect((await collect(readScoredRows(file)))[0]!.scores.ifd).toEqual({ kind: 'value', value: 0.5 });
  });
});

describe('every command that reads scores', () => {
  const readers = {
    compare: (file: string) => compareScores(file, file),
    select: (file: string) => selectScored(file),
    'select as published': (file: string) =>
      selectReference({ original: file, instruction: file, response: file, both: file }),
  };

  it.each(Object.entries(readers))('%s accepts and refuses the same', async (_, read) => {
    const scored = await save('scored', `\uFEFF${ROWS}`);
    await read(scored);
    for (const [content, message] of [
      ['PAR1....', /is a Parquet file/],
      ['', /has no rows/],
      [`${ROWS}{"row_key":`, /:3: the row is not valid JSON/],
      [`${ROWS}[1]`, /:3: the row is an array/],
      [`${ROWS}{"row_key":"c","ifd_ppl":"1","rifd_ppl":1}`, /:3: "ifd_ppl" is a string/],
      [`[${ROWS.trimEnd().replace('\n', ',\n')}`, /the array is never closed/],
    ] as const) {
      await expect(read(await save('bad', content))).rejects.toMatchObject({
        code: 'dataset_unreadable',
        message: expect.stringMatching(message),
      });
    }
  });
});
