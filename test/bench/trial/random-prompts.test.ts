import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomPrompts } from '../../../bench/trial/random-prompts.js';

describe('randomPrompts', () => {
  it('makes prompts of tokens of the vocabulary, the same ones every time', () => {
    fc.assert(
      fc.property(
        fc.nat(8),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 200_000 }),
        (count, length, vocabSize) => {
          const prompts = randomPrompts(count, length, vocabSize);
          expect(prompts.map((prompt) => prompt.length)).toEqual(new Array(count).fill(length));
          expect(prompts.every((prompt) => prompt.every((id) => id >= 0 && id < vocabSize))).toBe(true);
          expect(randomPrompts(count, length, vocabSize)).toEqual(prompts);
        },
      ),
    );
  });

  it('lets no two prompts begin alike, so that there is no prefix to share', () => {
    const beginnings = randomPrompts(200, 513, 50_257).map((prompt) => prompt.subarray(0, 2).join());
    expect(new Set(beginnings).size).toBe(200);
  });
});
