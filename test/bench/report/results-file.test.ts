import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendResult } from '../../../bench/report/results-file.js';
import { SURROUNDINGS } from './surroundings.js';

describe('appendResult', () => {
  it('adds a line with its surroundings to the file of its day and keeps the lines before', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'results-')), 'made', 'on', 'demand');
    const first = await appendResult(folder, SURROUNDINGS, { kind: 'micro', results: [1] });
    const second = await appendResult(folder, SURROUNDINGS, { kind: 'micro', results: [2] });
    expect(first).toBe(join(folder, '2026-02-03.jsonl'));
    expect(second).toBe(first);
    const lines = (await readFile(first, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { ...SURROUNDINGS, kind: 'micro', results: [1] },
      { ...SURROUNDINGS, kind: 'micro', results: [2] },
    ]);
  });
});
