import { trimCharacters, trimEndCharacters } from '../../util/trim-characters.js';

/** What Python's `str.strip` takes for whitespace, which is not all that JavaScript does. */
const WHITESPACE: ReadonlySet<string> = new Set(
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a' +
    '\u2028\u2029\u202f\u205f\u3000',
);

export type Side = 'both' | 'left' | 'right';

/** Python's `strip`, `lstrip` and `rstrip`: of whitespace, or of the characters given. */
export function pythonStrip(text: string, side: Side, characters?: string | null): string {
  const set = characters === undefined || characters === null ? WHITESPACE : new Set(characters);
  if (side === 'both') return trimCharacters(text, set);
  if (side === 'right') return trimEndCharacters(text, set);
  let start = 0;
  while (start < text.length && set.has(text[start]!)) start++;
  return text.slice(start);
}
