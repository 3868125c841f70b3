import { JsonSeparators } from './json-separators.js';

const OPENING_BRACE = 0x7b;

/**
 * The text of a JSON document with the value at `path` (keys and indexes, from the outside in) replaced by other JSON text.
 * Everything else keeps its spelling. The document has to be valid, and to have such a value.
 */
export function replaceJsonValue(
  source: string,
  path: readonly (string | number)[],
  replacement: string,
): string {
  const bytes = Buffer.from(source);
  let range = trimmed(bytes, 0, bytes.length);
  for (const step of path) {
    const child = childOf(bytes, range, step);
    if (child === undefined) throw new TypeError(`the document has no value at ${JSON.stringify(path)}`);
    range = child;
  }
  return bytes.toString('utf8', 0, range.start) + replacement + bytes.toString('utf8', range.end);
}

/** Where a value lies, without surrounding whitespace. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** The child of the value in `range`. Of equal keys the last counts, as it does for JSON.parse. */
function childOf(bytes: Buffer, range: Range, step: string | number): Range | undefined {
  const isObject = bytes[range.start] === OPENING_BRACE;
  const separators = new JsonSeparators(isObject ? 'object' : 'array');
  let found: Range | undefined;
  let start = range.start + 1;
  for (let index = 0; start < range.end; index++) {
    const end = separators.next(bytes, start);
    if (end === -1) return undefined;
    const value = isObject ? memberValue(bytes, start, end, step) : index === step ? start : undefined;
    if (value !== undefined && value < end) found = trimmed(bytes, value, end);
    start = end + 1;
  }
  return found;
}

const KEY_AND_COLON = /^\s*("(?:[^"\\]|\\.)*")\s*:/;

/** Where, after the colon, the value of the member in `[start, end)` begins when its key is the one asked for. */
function memberValue(bytes: Buffer, start: number, end: number, key: string | number): number | undefined {
  const [head, spelled] = KEY_AND_COLON.exec(bytes.toString('utf8', start, end)) ?? [];
  if (head === undefined || JSON.parse(spelled!) !== key) return undefined;
  return start + Buffer.byteLength(head);
}

function trimmed(bytes: Buffer, start: number, end: number): Range {
  const text = bytes.toString('utf8', start, end);
  // JSON's whitespace is one byte a character
  const leading = text.length - text.trimStart().length;
  const trailing = text.length - text.trimEnd().length;
  return { start: start + leading, end: end - trailing };
}
