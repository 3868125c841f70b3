import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordDiff } from '../../src/page/client/word-diff.js';

const someText = fc
  .array(fc.constantFrom('one', 'two', 'three', ' ', '\n', ', ', '.', 'é', '日本', '👍'), { maxLength: 30 })
  .map((words) => words.join(''));

describe('the difference of two texts', () => {
  it('holds both of them, whatever they are', () => {
    fc.assert(
      fc.property(someText, someText, (before, after) => {
        const diff = wordDiff(before, after);
        const side = (kind: 'old' | 'new') =>
          diff.flatMap((part) => (part.kind === 'same' || part.kind === kind ? [part.text] : [])).join('');
        expect(side('old')).toBe(before);
        expect(side('new')).toBe(after);
      }),
    );
  });

  it('leaves what stays alone, and tells words, not letters', () => {
    expect(wordDiff('The cat sat here.', 'The dog sat here.')).toEqual([
      { kind: 'same', text: 'The ' },
      { kind: 'old', text: 'cat' },
      { kind: 'new', text: 'dog' },
      { kind: 'same', text: ' sat here.' },
    ]);
  });

  it('does not count a blank between two changes as what stayed', () => {
    expect(wordDiff('a b', 'x y')).toEqual([
      { kind: 'old', text: 'a b' },
      { kind: 'new', text: 'x y' },
    ]);
  });

  it('gives up on words where there are very many', () => {
    const [before, after] = ['a '.repeat(5000), 'b '.repeat(5000)];
    expect(wordDiff(`start ${before}`, `start ${after}`).map(({ kind }) => kind)).toEqual([
      'same',
      'old',
      'new',
      'same',
    ]);
  });
});
