import { describe, expect, it } from 'vitest';
import { normalizeTexts, textNormalization } from '../../src/engine/text-normalization.js';
import { tinyModel } from '../models/tiny-models.js';
import { openStudent } from './fixtures/open-student.js';

const COMPOSED = 'Ὀδυσσεύς: a café, 각하';
const DECOMPOSED = COMPOSED.normalize('NFD');

describe('what is done to a text before it is tokenized', () => {
  it('follows the family that the file names', () => {
    expect(['qwen2', 'olmo', 'command-r', 'gpt-2', 'llama-bpe', ''].map(textNormalization)).toEqual([
      ...['NFC', 'NFC', 'NFC', 'none', 'none', 'none'],
    ]);
  });

  it('leaves what is composed already, and other families’ texts, as they are', () => {
    expect(normalizeTexts([COMPOSED, DECOMPOSED], 'NFC')).toEqual([COMPOSED, COMPOSED]);
    const texts = [COMPOSED, DECOMPOSED];
    expect(normalizeTexts(texts, 'none')).toBe(texts);
  });
});

describe('a student', () => {
  it('of a family that composes text tokenizes both forms alike', async () => {
    await using student = await openStudent({ model: await tinyModel('qwen2') });
    expect(student.model).toMatchObject({ preTokenizer: 'qwen2', textNormalization: 'NFC' });
    const [decomposed, composed] = await student.tokenize([DECOMPOSED, COMPOSED]);
    expect(decomposed).toEqual(composed);
  });

  it('of another takes text as it is', async () => {
    await using student = await openStudent({ model: await tinyModel('gpt2') });
    expect(student.model.textNormalization).toBe('none');
    const [decomposed, composed] = await student.tokenize([DECOMPOSED, COMPOSED]);
    expect(decomposed!.length).toBeGreaterThan(composed!.length);
  });
});
