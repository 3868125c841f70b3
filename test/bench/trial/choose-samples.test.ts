import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRows } from 'reflection-tuning';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { variantsOf, withCandidates } from '../../../bench/trial/candidates.js';
import { chooseSamples } from '../../../bench/trial/choose-samples.js';
import { writeShortRows } from '../../../bench/trial/short-rows.js';
import { CARRIED_REFLECTIONS } from '../../../src/recycle/reflections/carried-reflections.js';
import { turnOf } from '../../recycle/rows/turns.js';

let folder: string;
let data: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samples-'));
  data = join(folder, 'rows.jsonl');
  const row = (i: number, output: string) => JSON.stringify({ instruction: `What is ${i}?`, output });
  const rows = [row(0, 'a number of few words'), row(1, 'x'.repeat(3000)), row(2, ''), '{"broken"'];
  await writeFile(data, [...rows, ...[3, 4, 5, 6].map((i) => row(i, `the answer ${i}`))].join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

const numbersOf = async (count: number, every: number) =>
  (await chooseSamples({ data, count, every })).map(({ row, sample }) => [row, sample.instruction]);

describe('chooseSamples', () => {
  it('numbers the samples that are neither empty nor too long', async () => {
    expect(await numbersOf(3, 1)).toEqual([
      [0, 'What is 0?'],
      [1, 'What is 3?'],
      [2, 'What is 4?'],
    ]);
  });

  it('takes every so many of them, under the numbers they have anyway', async () => {
    expect(await numbersOf(5, 2)).toEqual([
      [0, 'What is 0?'],
      [2, 'What is 4?'],
      [4, 'What is 6?'],
    ]);
  });
});

describe('withCandidates', () => {
  it('carries what score-only reads as four different variants', async () => {
    const [numbered] = await chooseSamples({ data, count: 1, every: 1 });
    const file = join(folder, 'carried.jsonl');
    await writeFile(file, JSON.stringify(withCandidates(numbered!)));
    for await (const row of readRows(file)) {
      if (row.kind === 'bad') throw new Error(row.detail);
      const [original, instruction, response, both] = variantsOf(numbered!);
      const reflect = CARRIED_REFLECTIONS.reflect;
      expect(row.sample).toEqual(original);
      const turn = turnOf(row.object!);
      expect(await reflect(turn, 'instruction', original!)).toEqual({
        kind: 'candidate',
        sample: instruction,
      });
      expect(await reflect(turn, 'response', original!)).toEqual({ kind: 'candidate', sample: response });
      expect(await reflect(turn, 'both', instruction!)).toEqual({ kind: 'candidate', sample: both });
    }
  });
});

describe('writeShortRows', () => {
  it('writes as many different rows as asked for', async () => {
    const file = join(folder, 'short.jsonl');
    await writeShortRows(data, 1000, file);
    const texts = new Set<string>();
    for await (const row of readRows(file)) texts.add(row.kind === 'sample' ? row.sample.instruction : 'bad');
    expect(texts.size).toBe(1000);
    expect(texts.has('bad')).toBe(false);
  });
});
