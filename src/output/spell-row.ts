import type { SpelledRow } from '../dataset/row.js';
import type { RowEdit } from '../layout/edit-turn.js';
import { type JsonMember, jsonMembers } from '../util/json-members.js';
import type { JsonObject } from '../util/json-value.js';
import { replaceJsonValue } from '../util/replace-json-value.js';

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
  /** Its 0-based position in the dataset that it comes from. */
  readonly index?: number | undefined;
  /** What is not as in the row, in the order in which it is to be done. */
  readonly edits?: readonly RowEdit[] | undefined;
  /** In the order in which they are written. What is no finite number becomes null. */
  readonly fields: JsonObject;
  /** The names of `fields` and no others unless told. */
  readonly names?: FieldNames;
  /** Leave out the whitespace between the row's own fields, as the files of a run do. */
  readonly isCompact?: boolean | undefined;
}

/** An output row as one line of JSON, without a line break. */
export function spellRow({ row, edits, fields, names, isCompact }: OutputRow): string {
  const own = spellOwnFields(row, names ?? { reserved: new Set(Object.keys(fields)) }, { edits, isCompact });
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
  { edits = [], isCompact = false }: Pick<OutputRow, 'edits' | 'isCompact'> = {},
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
  if (!isTaken && !isCompact && edits.length === 0) return `${text.slice(0, -1)},`;

  const isEarlierOutput = signature?.every((name) => Object.hasOwn(object, name)) ?? false;
  const kept: string[] = [];
  const displaced: string[] = [];
  for (const member of jsonMembers(text)) {
    const { key, source } = member;
    const isDisplaced = reserved.has(key) || (isTaken && !isEarlierOutput && key === ORIGINAL_FIELDS);
    if (isDisplaced) displaced.push(source);
    else kept.push(editMember(member, edits));
  }
  for (const { path, value } of edits) {
    const [column] = path as readonly [string];
    if (!Object.hasOwn(object, column)) kept.push(spellMember(column, value));
  }
  if (displaced.length > 0 && !isEarlierOutput) kept.push(`"${ORIGINAL_FIELDS}":{${displaced.join(',')}}`);
  return `{${kept.map((source) => `${source},`).join('')}`;
}

/** A member with what is to be changed in it; what is not keeps its spelling. */
function editMember({ key, source }: JsonMember, edits: readonly RowEdit[]): string {
  return edits
    .filter(({ path }) => path[0] === key)
    .reduce(
      (member, { path, value }) =>
        path.length === 1
          ? spellMember(key, value)
          : replaceJsonValue(`{${member}}`, path, JSON.stringify(value)).slice(1, -1),
      source,
    );
}

function spellMember(key: string, value: string): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}
