import type { Row } from '../../dataset/row.js';
import type { Sample } from '../../domain/sample.js';
import { jsonMembers } from '../../output/json-members.js';

/** Holds a row that is no JSON object, as it stood in the dataset. */
const ROW_TEXT = 'row_text';
/** Holds the row's own fields whose names ours have taken. */
const ORIGINAL_FIELDS = 'original_fields';

/**
 * The beginning of a row's output line, up to where our fields are to follow: its own fields, spelled as in the
 * dataset, but with the texts of `sample` where these differ from its own. A field whose name is among `taken` moves
 * into an object `original_fields`.
 */
export function rowFields(row: Row, sample: Sample | undefined, taken: readonly string[]): string {
  if (row.object === undefined) return `{"${ROW_TEXT}":${JSON.stringify(row.text)},`;
  // A JSON string cannot hold a line break, so every one of them lies between tokens.
  const text = row.text.replace(/[\r\n][ \t\r\n]*/g, '');
  const texts: Readonly<Record<string, string>> = sample === undefined ? {} : { ...sample };
  const kept: string[] = [];
  const displaced: string[] = [];
  for (const { key, source } of jsonMembers(text)) {
    const replacement =
      Object.hasOwn(texts, key) && texts[key] !== (row.object[key] ?? '') ? texts[key] : undefined;
    if (replacement !== undefined) kept.push(`${JSON.stringify(key)}:${JSON.stringify(replacement)}`);
    else if (taken.includes(key) || key === ORIGINAL_FIELDS) displaced.push(source);
    else kept.push(source);
  }
  if (texts.input && row.object.input === undefined) kept.push(`"input":${JSON.stringify(texts.input)}`);
  if (displaced.length > 0) kept.push(`"${ORIGINAL_FIELDS}":{${displaced.join(',')}}`);
  return `{${kept.map((source) => `${source},`).join('')}`;
}
