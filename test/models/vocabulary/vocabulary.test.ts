import { describe, expect, it } from 'vitest';
import { byteAlphabet } from './byte-level-vocabulary.js';
import { padTokens, type Token } from './vocabulary.js';

describe('byteAlphabet', () => {
  it('gives every byte a visible character of its own, as GPT-2 does', () => {
    const alphabet = byteAlphabet();
    expect(new Set(alphabet).size).toBe(256);
    expect(alphabet.join('')).not.toMatch(/[\s\p{C}]/u);
    const known = { ' ': 'Ġ', '\n': 'Ċ', '\t': 'ĉ', '\0': 'Ā', '\x7f': 'ġ', A: 'A' };
    for (const [byte, character] of Object.entries(known))
      expect(alphabet[byte.charCodeAt(0)]).toBe(character);
    expect(alphabet[0xad]).toBe('Ń');
  });
});

describe('padTokens', () => {
  const tokens: readonly Token[] = [{ text: 'a', type: 'normal' }];

  it('adds different unused tokens up to the size', () => {
    const padded = padTokens(tokens, 4);
    expect(padded).toHaveLength(4);
    expect(padded[0]).toEqual(tokens[0]);
    expect(new Set(padded.map(({ text }) => text)).size).toBe(4);
    expect(padded.slice(1).every(({ type }) => type === 'unused')).toBe(true);
  });

  it('refuses to cut', () => {
    expect(() => padTokens(tokens, 0)).toThrow(RangeError);
  });
});
