import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ON_ONE_THREAD, refusalOf, runCli } from '../helpers/run-cli.js';
import { type TinyModel, tinyModel } from '../models/tiny-models.js';

/** Between these lie the metadata before, within and after the vocabulary, which is most of a small model's. */
const MARKS = ['GGUF', 'tokenizer.', 'token_embd.weight', 'output_norm'];
const FLIPS_A_PART = 12;

let directory: string;
let dataset: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'damaged-models-'));
  dataset = join(directory, 'rows.jsonl');
  await writeFile(
    dataset,
    '{"instruction":"Name three primary colours.","output":"Red, yellow and blue."}\n',
  );
});
afterEach(() => rm(directory, { recursive: true }));

describe.each<TinyModel>(['gpt2-q4_0', 'spm-llama-q8_0'])('a file of %s with one bit flipped', (kind) => {
  it.each([0, 1, 2])('is refused or scores, never crashes, part %d', async (part) => {
    const whole = await readFile(await tinyModel(kind));
    const [from, to] = MARKS.slice(part, part + 2).map((mark) => whole.indexOf(mark)) as [number, number];
    const model = join(directory, 'flipped.gguf');
    const scores = join(directory, 'scores.jsonl');
    for (let flip = 0; flip < FLIPS_A_PART; flip++) {
      // spread over the part, but at no regular distance
      const share = (flip + ((flip * 5) % 8) / 8) / FLIPS_A_PART;
      const at = from + Math.floor(share * (to - from));
      const bit = (3 * flip + part) % 8;
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 1 << bit;
      await writeFile(model, flipped);

      const args = [dataset, '--student', model, ...ON_ONE_THREAD, '-o', scores, '--limit', '1'];
      const result = await runCli(['score', ...args]);
      const left = (await readdir(directory)).filter((name) => name.startsWith('scores'));
      const where = `bit ${bit} of byte ${at}: ${result.stderr}`;
      if (result.code === 0) {
        expect(left.sort(), where).toEqual(['scores.jsonl', 'scores.meta.json']);
        for (const name of left) await rm(join(directory, name));
      } else {
        expect(refusalOf(result).message, where).toContain(`${model}: `);
        expect(left, where).toEqual([]);
      }
    }
  });
});
