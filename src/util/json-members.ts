import { JsonSeparators } from './json-separators.js';
import type { JsonObject } from './json-value.js';

/** A member of a JSON object as it is spelled. */
export interface JsonMember {
  readonly key: string;
  /** `"key": value` without surrounding whitespace. */
  readonly source: string;
}

/** Takes the text of a valid JSON object apart without re-spelling anything: numbers keep all their digits. */
export function jsonMembers(text: string): JsonMember[] {
  const bytes = Buffer.from(text);
  const separators = new JsonSeparators('object');
  const members: JsonMember[] = [];
  let start = bytes.indexOf('{') + 1;
  for (let end = separators.next(bytes, start); end !== -1; end = separators.next(bytes, start)) {
    const source = bytes.toString('utf8', start, end).trim();
    const [key] = Object.keys(JSON.parse(`{${source}}`));
    if (key !== undefined) members.push({ key, source });
    start = end + 1;
  }
  return members;
}

/**
 * The text or number in a field, undefined when there is neither. An integer that JavaScript's numbers cannot tell from
 * its neighbours is given as its digits.
 * @param text - What `object` was parsed from.
 */
export function exactId(text: string, object: JsonObject, field: string): string | number | undefined {
  const value = object[field];
  if (typeof value === 'string') return value;
  if (typeof value !== 'number') return undefined;
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const member = jsonMembers(text).findLast(({ key }) => key === field);
  return member === undefined ? value : member.source.slice(member.source.lastIndexOf(':') + 1).trim();
}
