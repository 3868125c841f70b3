/**
 * Parses JSON as Python writes it: also with `NaN`, `Infinity` and `-Infinity` where a value may stand, which
 * come out as the numbers they name.
 * @throws SyntaxError when the text is not valid even so.
 */
export function parsePythonJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const tokens = bareTokens(text);
    if (tokens.length === 0) throw error;
    return parseWithTokens(text, tokens);
  }
}

interface BareToken {
  readonly start: number;
  readonly end: number;
}

const TOKEN = /-?Infinity|NaN/g;

/** Where the three tokens stand outside of strings. */
function bareTokens(text: string): BareToken[] {
  const tokens: BareToken[] = [];
  let start = 0;
  while (start < text.length) {
    const quote = text.indexOf('"', start);
    const end = quote === -1 ? text.length : quote;
    for (const match of text.slice(start, end).matchAll(TOKEN)) {
      const at = start + match.index;
      tokens.push({ start: at, end: at + match[0].length });
    }
    start = quote === -1 ? end : endOfString(text, quote);
  }
  return tokens;
}

/** Index after the quote that closes the string opened at `opening`; the text's length when none does. */
function endOfString(text: string, opening: number): number {
  for (let i = opening + 1; i < text.length; i++) {
    if (text[i] === '"') return i + 1;
    if (text[i] === '\\') i++;
  }
  return text.length;
}

/** JSON spells U+0001 in this one way, so that a search finds all strings made of it. */
const MARK_SOURCE = '\\u0001';

/** Of how many marks the longest string consists that consists of nothing else; 0 when none does. */
function longestMark(text: string): number {
  let longest = 0;
  for (const [string] of text.matchAll(/"(?:\\u0001)+"/g)) {
    longest = Math.max(longest, (string.length - 2) / MARK_SOURCE.length);
  }
  return longest;
}

/**
 * The infinities become numbers that overflow to them; NaN has no such spelling and becomes `["<mark>"]`, an array
 * because a string could also be a key. Spaces keep what touches a token from becoming part of its stand-in.
 */
function parseWithTokens(text: string, tokens: readonly BareToken[]): unknown {
  const length = 1 + longestMark(text);
  const standIns: Readonly<Record<string, string>> = {
    NaN: ` ["${MARK_SOURCE.repeat(length)}"] `,
    Infinity: ' 1e999 ',
    '-Infinity': ' -1e999 ',
  };
  let valid = '';
  let from = 0;
  for (const { start, end } of tokens) {
    valid += text.slice(from, start) + standIns[text.slice(start, end)];
    from = end;
  }
  const mark = '\u0001'.repeat(length);
  const isMark = (value: unknown) => Array.isArray(value) && value.length === 1 && value[0] === mark;
  return JSON.parse(valid + text.slice(from), (_, value) => (isMark(value) ? Number.NaN : value));
}
