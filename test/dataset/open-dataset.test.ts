import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LaidOutRow, openDataset } from '../../src/dataset/open-dataset.js';
import type { LayoutChoice } from '../../src/layout/detect-layout.js';

let directory: string;
let file: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'open-dataset-'));
  file = join(directory, 'rows.jsonl');
});
afterEach(() => rm(directory, { recursive: true }));

async function read(rows: readonly unknown[], choice: LayoutChoice = {}, limit?: number) {
  await writeFile(
    file,
    rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''),
  );
  using dataset = await openDataset(file, choice, { limit, name: 'rows.jsonl' });
  const read: LaidOutRow[] = [];
  for await (const row of dataset.rows) read.push(row);
  return { found: dataset.found, rows: read };
}

const chat = (answer: string) => ({
  messages: [
    { role: 'user', content: 'q' },
    { role: 'assistant', content: answer },
  ],
});

describe('openDataset', () => {
  it('reads rows by the layout that the first of them have', async () => {
    const many = Array.from({ length: 300 }, (_, i) => chat(`a${i}`));
    const { found, rows } = await read([...many, { messages: [] }, 'no JSON', '7']);
    expect(found).toMatchObject({ layout: { name: 'messages' }, rows: 200, matching: 200 });
    expect(rows).toHaveLength(303);
    expect(rows.every(({ index }, i) => index === i)).toBe(true);
    expect(rows[299]).toMatchObject({
      kind: 'conversation',
      line: 300,
      conversation: { turns: [{ text: 'q' }, { text: 'a299' }] },
    });
    expect(rows.slice(300)).toMatchObject([
      { kind: 'bad', reason: 'no_assistant_turn', detail: expect.stringMatching(/^rows\.jsonl:301: nobody/) },
      { kind: 'bad', reason: 'malformed_json' },
      { kind: 'bad', reason: 'not_an_object' },
    ]);
  });

  it('looks past rows that are no objects', async () => {
    const { found, rows } = await read(['broken', '[1]', chat('a')]);
    expect(found).toMatchObject({ layout: { name: 'messages' }, rows: 1 });
    expect(rows.map(({ kind }) => kind)).toEqual(['bad', 'bad', 'conversation']);
  });

  it('takes what it is told, and no more rows than it is told', async () => {
    const row = { frage: 'q', antwort: 'a' };
    const { rows } = await read([row, row, row], { columns: { instruction: 'frage', output: 'antwort' } }, 2);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ conversation: { turns: [{ text: 'q' }, { text: 'a' }] } });
  });

  it('reads both sides of preferences', async () => {
    const { rows } = await read([{ prompt: 'q', chosen: 'a', rejected: 'b' }]);
    expect(rows[0]).toMatchObject({
      kind: 'preference',
      chosen: { conversation: { turns: [{ text: 'q' }, { text: 'a' }] } },
      rejected: { conversation: { turns: [{ text: 'q' }, { text: 'b' }] } },
    });
  });

  it.each([
    [[{ text: 'x', label: 1 }], {}, /columns are "text", "label"/, /`map`/],
    [
      [{ instruction: 'a', question: 'b', output: 'c' }],
      {},
      /"instruction" and "question"/,
      /instruction=instruction/,
    ],
    [[{ instruction: 'a', output: 'c' }], { columns: { input: 'x' } }, /no column "x"/, /`map`/],
  ])('refuses %j', async (rows, choice, message, remedy) => {
    await expect(read(rows, choice)).rejects.toMatchObject({
      code: 'nothing_scorable',
      message: expect.stringMatching(message),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('leaves rows of which none is an object to whoever reads them', async () => {
    const { found, rows } = await read(['a,b', '1,2']);
    expect(found.rows).toBe(0);
    expect(rows.map(({ kind }) => kind)).toEqual(['bad', 'bad']);
  });
});
