import { isUtf8 } from 'node:buffer';
import { type RowFault, rowFault } from '../domain/row-fault.js';
import { describeJson, isJsonObject, isWellFormed } from '../util/json-value.js';
import type { RawRow } from './raw-row.js';
import type { BadRow, Content, ObjectReader, RowOf } from './row.js';

/** Characters kept of a row that is too large to be kept whole. */
const EXCERPT_LENGTH = 200;

/** What a row's bytes do not tell. */
export interface RowContext<Found extends Content> {
  /** As the user named it. */
  readonly file: string;
  readonly index: number;
  readonly endByte: number;
  readonly maxRowBytes: number;
  /** Throws SyntaxError where a text is not valid; `JSON.parse` unless told. */
  readonly parse?: ((text: string) => unknown) | undefined;
  /** Reads the row's object. */
  readonly read: ObjectReader<Found>;
}

type Json = { readonly value: unknown } | { readonly syntaxError: string };

/** Makes a row of its bytes. Never throws: what is wrong with them becomes part of the row. */
export function parseRow<Found extends Content>(raw: RawRow, context: RowContext<Found>): RowOf<Found> {
  const { file, index, endByte, maxRowBytes, parse = JSON.parse } = context;
  const { line } = raw;
  if (raw.overflowed) {
    const place = { file, index, line, endByte, text: excerpt(raw.bytes), object: undefined };
    return badRow(place, tooLarge(maxRowBytes));
  }
  const text = raw.json ?? raw.bytes.toString();
  if (raw.json === undefined && !isUtf8(raw.bytes)) {
    // Not parsed: U+FFFD in the place of bytes would pass for the row's own.
    return badRow(
      { file, index, line, endByte, text, bytes: Buffer.from(raw.bytes), object: undefined },
      INVALID_UTF8,
    );
  }
  if (raw.fault !== undefined) {
    return badRow({ file, index, line, endByte, text, object: undefined }, raw.fault);
  }
  const json = parseJson(text, parse);
  const object = 'value' in json && isJsonObject(json.value) ? json.value : undefined;
  const place = { file, index, line, endByte, text, object };
  const found = readRow(raw, text, json, context.read);
  return isFault(found) ? badRow(place, found) : { ...place, ...found };
}

export function isFault(found: Content | RowFault): found is RowFault {
  return found.kind === 'bad';
}

/** A row of which nothing can be made; `place` is all that is known of it but its kind. */
export function badRow(place: Omit<BadRow, 'kind' | 'reason' | 'detail'>, fault: RowFault): BadRow {
  const detail = `${place.file}:${place.line}: ${fault.problem}`;
  return { ...place, kind: 'bad', reason: fault.reason, detail };
}

const INVALID_UTF8 = rowFault(
  'invalid_utf8',
  'the row is not valid UTF-8. Save the file as UTF-8 or remove the row.',
);

function readRow<Found extends Content>(
  raw: RawRow,
  text: string,
  json: Json,
  read: ObjectReader<Found>,
): Found | RowFault {
  if (raw.misplaced !== undefined) {
    return rowFault('malformed_json', `the row cannot be told apart: ${raw.misplaced}. Repair the array.`);
  }
  if ('syntaxError' in json) {
    return rowFault('malformed_json', `the row is not valid JSON: ${json.syntaxError}. ${jsonRemedy(text)}`);
  }
  if (!isJsonObject(json.value)) {
    return rowFault('not_an_object', `the row is ${describeJson(json.value)}. A row is an object.`);
  }
  return read(json.value);
}

function tooLarge(maxRowBytes: number): RowFault {
  return rowFault('row_too_large', `the row has more than ${maxRowBytes} bytes. Shorten or remove it.`);
}

function parseJson(text: string, parse: (text: string) => unknown): Json {
  try {
    return { value: parse(text) };
  } catch (error) {
    // The engine's message quotes the source, line breaks included.
    return { syntaxError: (error as SyntaxError).message.replace(/\s+/g, ' ') };
  }
}

function jsonRemedy(text: string): string {
  if (text.startsWith('{') && !text.endsWith('}')) {
    return 'Write every object on one line (JSON Lines) or all of them as one array; "jq -c ." does the former.';
  }
  if (/[:,[]\s*(?:NaN|-?Infinity)\b/.test(text)) return 'JSON has no NaN and no Infinity: write null.';
  return 'Fix or remove it.';
}

/** The beginning of a row that was cut off anywhere, even within a character. */
function excerpt(bytes: Buffer): string {
  const text = bytes.toString().slice(0, EXCERPT_LENGTH);
  return isWellFormed(text) ? text : text.slice(0, -1);
}
