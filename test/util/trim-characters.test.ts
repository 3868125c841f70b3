import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trimCharacters, trimEndCharacters } from '../../src/util/trim-characters.js';

const DOTS = new Set('. ');
const text = fc.string({ unit: fc.constantFrom('.', ' ', 'a', '🙂') });

describe('trimming', () => {
  it('takes off what a regular expression would', () => {
    fc.assert(
      fc.property(text, (text) => {
        expect(trimEndCharacters(text, DOTS)).toBe(text.replace(/[. ]+$/, ''));
        expect(trimCharacters(text, DOTS)).toBe(text.replace(/^[. ]+/, '').replace(/[. ]+$/, ''));
      }),
    );
  });
});
