import type { Row } from '../dataset/row.js';
import { jsonMembers } from './json-members.js';
import { RESERVED_FIELDS, SCORE_FIELDS } from './score-fields.js';

/** Holds a row that is no JSON object, as it stood in the dataset. */
const ROW_TEXT = 'row_text';
/** Holds the row's own fields whose names ours have taken. */
const ORIGINAL_FIELDS = 'original_fields';

/**
 * The beginning of a row's output line, up to where our fields are to follow: `{"instruction":"...",`. The row's
 * own fields are spelled as in the dataset, byte for byte; only line breaks between them, and the indentation
 * after those, are left out.
 *
 * Where a name of ours is taken: a row that has every field of ours is an earlier output, whose scores are
 * dropped; any other row gets its fields of these names moved into an object `original_fields`.
 */
export function ownFields(row: Row): string {
  if (row.object === undefined) return `{"${ROW_TEXT}":${JSON.stringify(row.text)},`;
  const keys = Object.keys(row.object);
  if (keys.length === 0) return '{';
  // A JSON string cannot hold a line break, so every one of them lies between tokens.
  const text = row.text.replace(/[\r\n][ \t\r\n]*/g, '');
  if (!keys.some((key) => RESERVED_FIELDS.has(key))) return `${text.slice(0, -1)},`;

  const isEarlierOutput = SCORE_FIELDS.every((name) => keys.includes(name));
  const kept: string[] = [];
  const displaced: string[] = [];
  for (const { key, source } of jsonMembers(text)) {
    const isTaken = RESERVED_FIELDS.has(key) || (key === ORIGINAL_FIELDS && !isEarlierOutput);
    (isTaken ? displaced : kept).push(source);
  }
  if (!isEarlierOutput) kept.push(`"${ORIGINAL_FIELDS}":{${displaced.join(',')}}`);
  return `{${kept.map((source) => `${source},`).join('')}`;
}
