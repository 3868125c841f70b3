import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Student } from '../../src/engine/student.js';
import { readVocabulary } from '../../src/gguf/vocabulary.js';
import { tokenTexts } from '../../src/page/tokens/token-texts.js';
import { TINY_STUDENT } from '../helpers/paths.js';
import { tinyModel } from '../models/tiny-models.js';

const MODELS = {
  'the shipped student': async () => TINY_STUDENT,
  'a byte-level model': () => tinyModel('qwen2'),
  'a SentencePiece model': () => tinyModel('spm-llama'),
} as const;

const someText = fc.string({ unit: fc.constantFrom(...'ab Zé\n\t.,日本👍🏽\u202e<|>0_'), maxLength: 40 });

describe.each(Object.entries(MODELS))('the vocabulary of %s', (_, find) => {
  it('spells what its tokenizer makes of a text', async () => {
    const model = await find();
    const vocabulary = (await readVocabulary(model))!;
    await using student = await Student.load({ model, threads: 1, device: 'cpu' });
    await fc.assert(
      fc.asyncProperty(fc.array(someText, { minLength: 1, maxLength: 20 }), async (texts) => {
        const ids = await student.tokenize(texts);
        for (const [i, text] of texts.entries()) {
          const told = tokenTexts(vocabulary, ids[i]!, text);
          expect(told?.join(''), JSON.stringify(text)).toBe(text);
          expect(told).toHaveLength(ids[i]!.length);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the texts of tokens', () => {
  const pieces = [' the', '\u{1f44d}'].map((text) => Buffer.from(text));
  const vocabulary = {
    bytes: (token: number) => (token === 0 ? pieces[0]! : pieces[1]!.subarray(2 * token - 2, 2 * token)),
  };

  it('put a character with its last token', () => {
    expect(tokenTexts(vocabulary, Int32Array.of(0, 1, 2), ' the👍')).toEqual([' the', '', '👍']);
  });

  it('may be the beginning of an answer', () => {
    expect(tokenTexts(vocabulary, Int32Array.of(0, 1, 2), ' the👍 end')).toEqual([' the', '', '👍']);
  });

  it('are not told where they do not make up the answer', () => {
    expect(tokenTexts(vocabulary, Int32Array.of(0), 'another')).toBeUndefined();
    expect(tokenTexts(vocabulary, Int32Array.of(0, 1), ' the👍')).toBeUndefined();
  });
});

describe('the vocabulary of a model whose spelling is not known', () => {
  it('is none', async () => {
    expect(await readVocabulary(await tinyModel('bert'))).toBeUndefined();
  });

  it('is an error where the file is none', async () => {
    await expect(readVocabulary('no-such.gguf')).rejects.toMatchObject({ code: 'model_unloadable' });
    await expect(readVocabulary(import.meta.filename)).rejects.toMatchObject({ code: 'model_unloadable' });
  });
});
