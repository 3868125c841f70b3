import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitReasoning } from '../../src/domain/split-reasoning.js';

describe('splitReasoning', () => {
  it.each([
    ['<think>\nhm\n</think>\n\nyes', '<think>\nhm\n</think>\n\n', 'yes'],
    ['  <think></think>yes </think>', '  <think></think>', 'yes </think>'],
    ['hm</think>yes', 'hm</think>', 'yes'],
    ['<|begin_of_thought|>hm<|end_of_thought|> yes', '<|begin_of_thought|>hm<|end_of_thought|> ', 'yes'],
    ['[THINK]hm[/THINK]yes', '[THINK]hm[/THINK]', 'yes'],
    ['<reasoning>a</think>b</reasoning>c', '<reasoning>a</think>b</reasoning>', 'c'],
    ['<think>hm', '<think>hm', ''],
    ['yes', '', 'yes'],
    ['Write <think>x</think> first', '', 'Write <think>x</think> first'],
    ['', '', ''],
  ])('%j', (text, reasoning, answer) => {
    expect(splitReasoning(text)).toEqual({ reasoning, answer });
  });

  it('loses nothing', () => {
    const unit = fc.constantFrom('a', ' ', '\n', '<think>', '</think>', '<reasoning>', '</reasoning>');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const { reasoning, answer } = splitReasoning(text);
        expect(reasoning + answer).toBe(text);
      }),
    );
  });
});
