import { parseJsonIfValid } from '../../util/json-value.js';

/** How often, on average, a character may be looked at: a text made of braces must not take quadratic time. */
const MAX_READINGS = 16;

/**
 * The JSON objects in a text, outermost ones only, in order. Everything around them (prose, code fences) is
 * skipped, everything inside them is theirs. Empty objects do not count.
 */
export function findJsonObjects(text: string): unknown[] {
  const start = /\{\s*"/g;
  const found: unknown[] = [];
  let readings = 0;
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    if (readings > MAX_READINGS * text.length) break;
    const end = closingBrace(text, match.index) ?? text.length;
    readings += end - match.index;
    const value = parseJsonIfValid(text.slice(match.index, end + 1));
    if (value === undefined) continue;
    found.push(value);
    start.lastIndex = end + 1;
  }
  return found;
}

/** Where the object that opens at `from` closes. */
function closingBrace(text: string, from: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let i = from; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === '\\') i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return i;
  }
  return undefined;
}
