import type { SpelledRow } from '../dataset/row.js';
import type { Sample } from '../domain/sample.js';
import { jsonMembers } from '../util/json-members.js';
import type { JsonObject } from '../util/json-value.js';

/** Holds a row that is no JSON object, as it stood in the dataset. */
const ROW_TEXT = 'row_text';
/** Holds the bytes of a row that is no UTF-8, which no text can. */
const ROW_BYTES = 'row_base64';
/** Holds the row's own fields whose names ours have taken. */
const ORIGINAL_FIELDS = 'original_fields';

/** The names of fields that are written behind a row's own. */
export interface FieldNames {
  /** What a row's own fields may not be called beside ours. */
  readonly reserved: ReadonlySet<string>;
  /** A row that has all of these is an earlier output of ours, whose fields of reserved names are dropped. */
  readonly signature?: readonly string[];
}

/** What is written of a row: its own fields, maybe with other texts, and fields of ours behind them. */
export interface OutputRow {
  readonly row: SpelledRow;
  /** Stand in the place of the row's own texts where they differ. */
  readonly texts?: Sample | undefined;
  /** In the order in which they are written. What is no finite number becomes null. */
  readonly fields: JsonObject;
  /** The names of `fields` and no others unless told. */
  readonly names?: FieldNames;
  /** Leave out the whitespace between the row's own fields, as the files of a run do. */
  readonly isCompact?: boolean | undefined;
}

/** An output row as one line of JSON, without a line break. */
export function spellRow({ row, texts, fields, names, isCompact }: OutputRow): string {
  const own = spellOwnFields(row, names ?? { reserved: new Set(Object.keys(fields)) }, { texts, isCompact });
  const ours = JSON.stringify(fields).slice(1);
  return ours === '}' && own.length > 1 ? `${own.slice(0, -1)}}` : own + ours;
}

/**
 * The beginning of a row's line, up to where our fields are to follow: `{"instruction":"...",`. The row's own fields
 * are spelled as in the dataset, byte for byte; only line breaks between them, and the indentation after those, are
 * left out, and where a field is changed or moved all whitespace between them. A row that is no object stands in
 * `row_text`; of one that is no UTF-8 `row_base64` has the bytes.
 *
 * Where a name of ours is taken, the row's fields of our names move into an object `original_fields`, as does one that
 * is called so already; but those of an earlier output of ours are dropped, since they are made anew.
 */
export function spellOwnFields(
  row: SpelledRow,
  { reserved, signature }: FieldNames,
  { texts, isCompact = false }: Pick<OutputRow, 'texts' | 'isCompact'> = {},
): string {
  const { object } = row;
  if (row.bytes !== undefined) {
    return `{"${ROW_TEXT}":${JSON.stringify(row.text)},"${ROW_BYTES}":"${row.bytes.toString('base64')}",`;
  }
  if (object === undefined) return `{"${ROW_TEXT}":${JSON.stringify(row.text)},`;
  const keys = Object.keys(object);
  if (keys.length === 0) return '{';
  // A JSON string cannot hold a line break, so every one of them lies between tokens.
  const text = row.text.replace(/[\r\n][ \t\r\n]*/g, '');
  const isTaken = keys.some((key) => reserved.has(key));
  const changed = texts === undefined ? {} : changedTexts(object, texts);
  if (!isTaken && !isCompact && Object.keys(changed).length === 0) return `${text.slice(0, -1)},`;

  const isEarlierOutput = signature?.every((name) => Object.hasOwn(object, name)) ?? false;
  const kept: string[] = [];
  const displaced: string[] = [];
  for (const { key, source } of jsonMembers(text)) {
    const isDisplaced = reserved.has(key) || (isTaken && !isEarlierOutput && key === ORIGINAL_FIELDS);
    if (isDisplaced) displaced.push(source);
    else kept.push(Object.hasOwn(changed, key) ? spellMember(key, changed[key]) : source);
  }
  if (changed.input !== undefined && !Object.hasOwn(object, 'input')) {
    kept.push(spellMember('input', changed.input));
  }
  if (displaced.length > 0 && !isEarlierOutput) kept.push(`"${ORIGINAL_FIELDS}":{${displaced.join(',')}}`);
  return `{${kept.map((source) => `${source},`).join('')}`;
}

/** Those of the texts that differ from the row's own; an input that is not there is an empty one. */
function changedTexts(object: JsonObject, texts: Sample): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([key, text]) => text !== (object[key] ?? '')));
}

function spellMember(key: string, value: unknown): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}
