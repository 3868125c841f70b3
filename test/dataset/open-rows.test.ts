import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetBytes } from '../../src/dataset/input.js';
import { type ReadRowsOptions, readRows } from '../../src/dataset/open-rows.js';
import type { Row } from '../../src/dataset/row.js';

const A = '{"instruction":"a","output":"1"}';
const B = '{"instruction":"b","output":"2"}';
const C = '{"instruction":"c","output":"3"}';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'read-rows-'));
  file = join(directory, 'data');
});
afterEach(() => rm(directory, { recursive: true }));

async function read(content: string | Uint8Array, options?: ReadRowsOptions): Promise<Row[]> {
  await writeFile(file, content);
  const rows: Row[] = [];
  for await (const row of readRows(file, options)) rows.push(row);
  return rows;
}

const texts = (rows: Row[]) => rows.map((row) => row.text);
const lines = (rows: Row[]) => rows.map((row) => row.line);
const reasons = (rows: Row[]) => rows.map((row) => (row.kind === 'bad' ? row.reason : 'sample'));

describe('readRows on JSON Lines', () => {
  it('reads LF and CRLF, skips blank lines, needs no line feed at the end', async () => {
    const rows = await read(`\n  ${A}\r\n\n \t\n${B}\r\n${C}`);
    expect(texts(rows)).toEqual([A, B, C]);
    expect(lines(rows)).toEqual([2, 5, 6]);
    expect(rows.map((row) => row.index)).toEqual([0, 1, 2]);
    expect(reasons(rows)).toEqual(['sample', 'sample', 'sample']);
  });

  it('says how far it has come', async () => {
    const content = `\uFEFF${A}\n\n${B}\n`;
    const rows = await read(content);
    expect(rows.map((row) => row.endByte)).toEqual([3 + A.length, 3 + A.length + 2 + B.length]);
    expect(await datasetBytes(file)).toBe(Buffer.byteLength(content));
  });

  it('goes on after a bad row', async () => {
    const rows = await read(`${A}\n{"instruction":\n7\n${B}\n`);
    expect(reasons(rows)).toEqual(['sample', 'malformed_json', 'not_an_object', 'sample']);
    expect(rows[1]).toMatchObject({ detail: expect.stringContaining(`${file}:2: `) });
  });

  it('tells how to convert an object that is spread over lines', async () => {
    const [row] = await read('{\n  "instruction": "a",\n  "output": "b"\n}\n');
    expect(row).toMatchObject({ reason: 'malformed_json', detail: expect.stringContaining('JSON Lines') });
  });
});

describe('readRows on a JSON array', () => {
  it('reads it compact and pretty-printed, with line numbers', async () => {
    expect(texts(await read(`[${A},${B}]`))).toEqual([A, B]);
    const rows = await read(`\uFEFF\r\n [\n  ${A},\n  {\n    "instruction": "b"\n  },\n\n  ${C}\n]\n`);
    expect(texts(rows)).toEqual([A, '{\n    "instruction": "b"\n  }', C]);
    expect(lines(rows)).toEqual([3, 4, 8]);
  });

  it('isolates malformed elements that balance', async () => {
    const rows = await read(`[${A},{"instruction":tru},nope,${B} ${B},{'x':[1},${C}]`);
    expect(reasons(rows)).toEqual(['sample', ...Array(3).fill('malformed_json'), 'malformed_json']);
    const rest = await read(`[${A},{"instruction":tru},nope,${B} ${B},}},${C}]`);
    expect(reasons(rest)).toEqual(['sample', ...Array(4).fill('malformed_json'), 'sample']);
  });

  it('sees no row between two commas, nor after the last', async () => {
    expect(texts(await read(`[${A}, ,${B},]`))).toEqual([A, B]);
  });

  it('reports an array without end and keeps the rows before it', async () => {
    const cut = await read(`[\n${A},\n${B.slice(0, -3)}`);
    expect(reasons(cut)).toEqual(['sample', 'malformed_json']);
    expect(cut[1]).toMatchObject({ line: 3, detail: expect.stringContaining('never closed') });
    const cutAfterComma = await read(`[${A},\n`);
    expect(reasons(cutAfterComma)).toEqual(['sample', 'malformed_json']);
    expect(cutAfterComma[1]).toMatchObject({ text: '' });
  });

  it('reports what follows the array as one bad row', async () => {
    const rows = await read(`[${A}]\n${B}\n${C}\n`);
    expect(reasons(rows)).toEqual(['sample', 'malformed_json']);
    expect(rows[1]).toMatchObject({
      line: 2,
      text: `${B}\n${C}`,
      detail: expect.stringContaining('end of the array'),
    });
  });
});

describe('readRows', () => {
  it('reads the same rows of lines, arrays and gzip, in chunks of any size', async () => {
    const value = fc.oneof(
      fc.record({ instruction: fc.string({ unit: 'binary' }), output: fc.string(), extra: fc.jsonValue() }),
      fc.jsonValue(),
    );
    const space = fc.constantFrom('', ' ', '\n', '\r\n\t', '\n\n');
    const element = fc.record({ value, indent: fc.constantFrom(0, 2), before: space, after: space });
    await fc.assert(
      fc.asyncProperty(
        fc.array(element, { maxLength: 6 }),
        fc.integer({ min: 5, max: 60 }),
        fc.boolean(),
        async (others, chunkBytes, zip) => {
          // JSON Lines whose first row is itself an array cannot be told from a JSON array.
          const elements = [{ value: JSON.parse(A), indent: 0, before: '', after: '' }, ...others];
          let array = '[';
          const expectedLines: number[] = [];
          for (const { value, indent, before, after } of elements) {
            array += `${array === '[' ? '' : ','}${before}`;
            expectedLines.push(array.split('\n').length);
            array += `${JSON.stringify(value, null, indent)}${after}`;
          }
          array += ']\n';
          const pack = (text: string) => (zip ? gzipSync(text) : text);
          const fromArray = await read(pack(array), { chunkBytes });
          const jsonl = elements.map(({ value }) => JSON.stringify(value)).join('\n');
          const fromLines = await read(pack(jsonl), { chunkBytes });

          expect(texts(fromLines)).toEqual(elements.map(({ value }) => JSON.stringify(value)));
          expect(texts(fromArray)).toEqual(elements.map((e) => JSON.stringify(e.value, null, e.indent)));
          expect(lines(fromArray)).toEqual(expectedLines);
          expect(reasons(fromArray)).toEqual(reasons(fromLines));
          expect(fromArray.map((row) => row.object)).toEqual(fromLines.map((row) => row.object));
          if (zip) return;
          for (const row of fromArray) {
            expect(Buffer.from(array).subarray(0, row.endByte).toString().trimEnd()).toMatch(
              endingIn(row.text),
            );
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 30_000);

  it('reads arbitrary bytes without throwing, whatever the chunks', async () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 60 });
    const nearJson = fc
      .array(fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', '\n', ' ', '1', A, '\xff'), {
        maxLength: 20,
      })
      .map((parts) => Buffer.from(parts.join(''), 'latin1'));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(bytes, nearJson),
        fc.integer({ min: 1, max: 9 }),
        async (content, chunkBytes) => {
          const outcome = (options: ReadRowsOptions) =>
            read(content, { maxRowBytes: 30, ...options }).catch((error: unknown) => error);
          const whole = await outcome({});
          expect(await outcome({ chunkBytes })).toEqual(whole);
          if (whole instanceof Error) expect(whole).toMatchObject({ code: 'dataset_unreadable' });
        },
      ),
      { numRuns: 200 },
    );
  }, 30_000);

  it('passes over a row that is too large', async () => {
    const large = `{"instruction":"${'x'.repeat(5000)}","output":"y"}`;
    for (const content of [`${A}\n${large}\n${B}\n`, `[${A},${large},${B}]`]) {
      const rows = await read(content, { maxRowBytes: 1000, chunkBytes: 300 });
      expect(reasons(rows)).toEqual(['sample', 'row_too_large', 'sample']);
      expect(rows[1]?.text).toBe(large.slice(0, 200));
      expect(rows[2]?.text).toBe(B);
    }
  });

  it('counts compressed bytes of a .gz file', async () => {
    const rows = await read(gzipSync(`${A}\n${B}\n`));
    expect(texts(rows)).toEqual([A, B]);
    expect(rows.at(-1)?.endByte).toBe(await datasetBytes(file));
  });

  it('stops at the limit', async () => {
    expect(texts(await read(`${A}\nbad\n${C}\n`, { limit: 2 }))).toEqual([A, 'bad']);
    expect(await read(A, { limit: 0 })).toEqual([]);
  });

  it.each([
    ['', /has no rows/],
    [' \n\r\n\uFEFF'.slice(0, 4), /has no rows/],
    ['\uFEFF', /has no rows/],
    ['[ ]', /has no rows/],
    ['PAR1\x15\x04', /a Parquet file/],
    ['ARROW1\0\0', /an Arrow file/],
    [Buffer.from([0xff, 0xff, 0xff, 0xff, 1]), /an Arrow stream/],
    [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1]), /Zstandard/],
    ['PK\x03\x04', /zip/],
    [Buffer.from('\uFEFF{}', 'utf16le'), /UTF-16/],
    [gzipSync(A).subarray(0, -9), /ends too early/],
    [Buffer.from([0x1f, 0x8b, 7, 7, 7, 7, 7, 7, 7, 7]), /damaged gzip/],
  ])('refuses %j', async (content, message) => {
    await expect(read(content)).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(/\.$/),
    });
  });

  it('refuses a missing file and a directory', async () => {
    const missing = { code: 'dataset_unreadable', message: expect.stringContaining('does not exist') };
    await expect(readRows(join(directory, 'none')).next()).rejects.toMatchObject(missing);
    await expect(datasetBytes(join(directory, 'none'))).rejects.toMatchObject(missing);
    await expect(readRows(directory).next()).rejects.toMatchObject({
      code: 'dataset_unreadable',
      message: expect.stringContaining('is a directory'),
    });
  });

  it('is aborted before it starts and between two rows', async () => {
    await writeFile(file, `${A}\n${B}\n`);
    const aborted = { code: 'aborted', message: expect.stringContaining(file) };
    await expect(readRows(file, { signal: AbortSignal.abort() }).next()).rejects.toMatchObject(aborted);
    const controller = new AbortController();
    const rows = readRows(file, { signal: controller.signal });
    expect((await rows.next()).value).toMatchObject({ text: A });
    controller.abort();
    await expect(rows.next()).rejects.toMatchObject(aborted);
    expect((await rows.next()).done).toBe(true);
  });
});

function endingIn(text: string): RegExp {
  return new RegExp(`${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`);
}
