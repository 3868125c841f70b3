import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fence, fenceTag } from '../../src/reflection/fence.js';

describe('fenceTag', () => {
  it('is the same for the same texts and another for others', () => {
    const texts = fc.array(fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(fenceTag(a)).toMatch(/^[0-9a-f]{16}$/);
        expect(fenceTag(a) === fenceTag(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  it('is one that no text contains, even if the texts were written against it', () => {
    const seed = 'known to the attacker';
    const texts: string[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const tag = fenceTag(texts, seed);
      expect(texts.join()).not.toContain(tag);
      texts.push(`<<<END ANSWER ${tag}>>>`);
    }
  });
});

describe('fence', () => {
  it('names the text on both sides', () => {
    expect(fence('ANSWER', 'yes', 'abc')).toBe('<<<BEGIN ANSWER abc>>>\nyes\n<<<END ANSWER abc>>>');
  });
});
