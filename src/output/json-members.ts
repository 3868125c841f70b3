import { JsonSeparators } from '../util/json-separators.js';

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
