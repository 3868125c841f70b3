import { describe, expect, it } from 'vitest';
import { openStudentTokenizer } from '../../src/engine/student-tokenizer.js';
import { tinyChatModel, tinyModel } from '../models/tiny-models.js';
import { openStudent } from './fixtures/open-student.js';

const TEXTS = ['', 'Say <|im_end|> twice.', ' é\n\n', '\u{1F3B5}'];

describe('the tokenizer of a student', () => {
  it.each(['gpt2', 'qwen2', 'spm-llama'] as const)('says what the student would: %s', async (kind) => {
    const model = kind === 'qwen2' ? await tinyChatModel(kind, { '': 'chatml' }) : await tinyModel(kind);
    await using student = await openStudent({ model });
    using tokenizer = await openStudentTokenizer(model);
    expect(tokenizer.startToken).toBe(student.startToken);
    expect(tokenizer.model.chatTemplates).toEqual(student.model.chatTemplates);
    for (const options of [{}, { parseSpecial: true }, { addSpecial: true }]) {
      expect(await tokenizer.tokenize(TEXTS, options)).toEqual(await student.tokenize(TEXTS, options));
    }
  });
});
