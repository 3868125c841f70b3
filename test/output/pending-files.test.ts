import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileSink } from '../../src/output/byte-sink.js';
import { type Closable, writeFiles } from '../../src/output/pending-files.js';
import { openRowWriter } from '../../src/output/row-writer.js';
import { writeRows } from '../../src/output/write-rows.js';
import { replaceFile } from '../../src/util/replace-file.js';
import { rowOf } from './row-of.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pending-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

const place = (name: string) => join(directory, name);
const rows = ['{"id": 12345678901234567890, "x": 1.10}', '{"a":[1,\n2]}'].map((text) => ({
  row: rowOf(text),
  fields: {},
}));
const LINES = ['{"id": 12345678901234567890, "x": 1.10}', '{"a":[1,2]}'];

/** Fails when it is closed, which it can be once, and says that it was. */
class Failing implements Closable {
  closed = 0;
  readonly #error: Error | undefined;

  constructor(error?: Error) {
    this.#error = error;
  }

  async close(): Promise<void> {
    this.closed += 1;
    if (this.#error !== undefined && this.closed === 1) throw this.#error;
  }
}

describe('writeFiles', () => {
  it('closes every file when one cannot be closed, tells the first failure and leaves nothing', async () => {
    await writeFile(place('a'), 'old');
    const writers = [new Failing(), new Failing(new Error('first')), new Failing(new Error('second'))];
    const writing = writeFiles(async (files) => {
      for (const [i, writer] of writers.entries()) {
        await files.open(place('abc'[i]!), async (path) => {
          await writeFile(path, 'new');
          return writer;
        });
      }
    });
    await expect(writing).rejects.toThrow('first');
    for (const writer of writers) expect(writer.closed).toBeGreaterThan(0);
    expect(await readdir(directory)).toEqual(['a']);
    expect(await readFile(place('a'), 'utf8')).toBe('old');
  });

  it('tells why the work failed, not what closing then fails with', async () => {
    const writer = new Failing(new Error('closing'));
    const other = new Failing();
    const writing = writeFiles(async (files) => {
      await files.open(place('a'), async () => writer);
      await files.open(place('b'), async () => other);
      throw new Error('work');
    });
    await expect(writing).rejects.toThrow('work');
    expect([writer.closed, other.closed]).toEqual([1, 1]);
  });

  it('closes those that are open when another cannot be opened', async () => {
    const writer = new Failing();
    const writing = writeFiles(async (files) => {
      await files.open(place('a'), async () => writer);
      await files.open(place('none/b'), (path) => openFileSink(path));
    });
    await expect(writing).rejects.toMatchObject({ code: 'output_unwritable' });
    expect(writer.closed).toBe(1);
  });
});

describe('an output that is a symbolic link', () => {
  it.each(['there', 'not there yet'])('is written through, its target being %s', async (state) => {
    await mkdir(place('far'));
    await symlink('far/target.jsonl', place('link.jsonl'));
    if (state === 'there') await writeFile(place('far/target.jsonl'), 'old');
    await writeRows(place('link.jsonl'), rows);
    expect((await lstat(place('link.jsonl'))).isSymbolicLink()).toBe(true);
    expect(await readFile(place('far/target.jsonl'), 'utf8')).toBe(`${LINES.join('\n')}\n`);
    await replaceFile(place('link.jsonl'), 'again');
    expect((await lstat(place('link.jsonl'))).isSymbolicLink()).toBe(true);
    expect(await readFile(place('far/target.jsonl'), 'utf8')).toBe('again');
    expect(await readdir(place('far'))).toEqual(['target.jsonl']);
  });
});

describe('writeRows', () => {
  it.each([
    ['out.jsonl', `${LINES.join('\n')}\n`],
    ['out.scores', `${LINES.join('\n')}\n`],
    ['out.json', `[\n${LINES.join(',\n')}\n]\n`],
    ['OUT.JSON', `[\n${LINES.join(',\n')}\n]\n`],
  ])('writes %s and its .gz in the format of its name', async (name, content) => {
    await writeRows(place(name), rows);
    expect(await readFile(place(name), 'utf8')).toBe(content);
    await writeRows(place(`${name}.gz`), rows);
    expect(gunzipSync(await readFile(place(`${name}.gz`))).toString()).toBe(content);
  });

  it('compresses more than one piece', async () => {
    const row = (i: number) => ({ row: rowOf(JSON.stringify({ i, text: 'é'.repeat(500) })), fields: {} });
    const many = Array.from({ length: 5000 }, (_, i) => row(i));
    await writeRows(place('out.jsonl.gz'), many);
    const lines = gunzipSync(await readFile(place('out.jsonl.gz')))
      .toString()
      .trimEnd()
      .split('\n');
    expect(lines).toEqual(many.map(({ row }) => row.text));
  });

  it('keeps what is there when the rows run out', async () => {
    await writeFile(place('out.jsonl'), 'old');
    const failing = (function* () {
      yield rows[0]!;
      throw new RangeError('the rows ran out');
    })();
    await expect(writeRows(place('out.jsonl'), failing)).rejects.toThrow('the rows ran out');
    expect(await readFile(place('out.jsonl'), 'utf8')).toBe('old');
    expect(await readdir(directory)).toEqual(['out.jsonl']);
  });

  it('writes an empty array, and no line', async () => {
    for (const [name, content] of [
      ['a.json', '[\n]\n'],
      ['a.jsonl', ''],
    ] as const) {
      const writer = await openRowWriter(place(name), {
        layout: name.endsWith('l') ? 'jsonl' : 'json',
        compression: 'none',
        isFolder: false,
      });
      await writer.close({ durably: true });
      expect(await readFile(place(name), 'utf8')).toBe(content);
    }
  });
});
