import { jsonMembers } from '../../util/json-members.js';

/** The names of all members of objects, in the order in which they come first. */
export async function headerOf(objects: AsyncIterable<string>): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const object of objects) for (const { key } of jsonMembers(object)) names.add(key);
  return [...names];
}

/**
 * A record of separated values (RFC 4180), without its line break.
 * @param cells - Texts; or an object in JSON, whose members go to their `places`: a text as it is, null as nothing, all
 *   else as it is spelled.
 */
export function spellRecord(
  cells: readonly string[] | string,
  separator: string,
  places: ReadonlyMap<string, number> = new Map(),
): string {
  const texts = typeof cells === 'string' ? cellsIn(cells, places) : cells;
  return texts.map((text) => spellCell(text, separator)).join(separator);
}

function cellsIn(object: string, places: ReadonlyMap<string, number>): readonly string[] {
  const cells = new Array<string>(places.size).fill('');
  for (const { key, source } of jsonMembers(object)) {
    const place = places.get(key);
    if (place !== undefined) cells[place] = cellOf(source);
  }
  return cells;
}

/** @param member - `"key": value` */
function cellOf(member: string): string {
  const value = member.slice(endOfKey(member)).replace(/^\s*:\s*/, '');
  if (value === 'null') return '';
  return value.startsWith('"') ? (JSON.parse(value) as string) : value;
}

function endOfKey(member: string): number {
  for (let at = 1; at < member.length; at++) {
    if (member[at] === '"') return at + 1;
    if (member[at] === '\\') at++;
  }
  return member.length;
}

function spellCell(text: string, separator: string): string {
  const isPlain = !text.includes(separator) && !/["\r\n]|^\s|\s$/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}
