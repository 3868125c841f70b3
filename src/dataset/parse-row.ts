import { isUtf8 } from 'node:buffer';
import type { Sample } from '../domain/sample.js';
import { describeJson, isJsonObject, isWellFormed } from '../util/json-value.js';
import type { RawRow } from './raw-row.js';
import { readSample } from './read-sample.js';
import type { Row } from './row.js';
import { type RowFault, rowFault } from './row-fault.js';

/** Characters kept of a row that is too large to be kept whole. */
const EXCERPT_LENGTH = 200;

/** What a row's bytes do not tell. */
export interface RowContext {
  /** As the user named it. */
  readonly file: string;
  readonly index: number;
  readonly endByte: number;
  readonly maxRowBytes: number;
}

type Json = { readonly value: unknown } | { readonly syntaxError: string };

/** Makes a row of its bytes. Never throws: what is wrong with them becomes part of the row. */
export function parseRow(raw: RawRow, { file, index, endByte, maxRowBytes }: RowContext): Row {
  const { line } = raw;
  const text = raw.overflowed ? excerpt(raw.bytes) : raw.bytes.toString();
  const json = parseJson(text);
  const object = 'value' in json && isJsonObject(json.value) ? json.value : undefined;
  const read = raw.overflowed ? tooLarge(maxRowBytes) : readRow(raw, text, json);
  if (read.kind === 'bad') {
    const detail = `${file}:${line}: ${read.problem}`;
    return { kind: 'bad', index, line, endByte, text, object, reason: read.reason, detail };
  }
  return { kind: 'sample', index, line, endByte, text, object, sample: read.sample };
}

function readRow(raw: RawRow, text: string, json: Json): { kind: 'sample'; sample: Sample } | RowFault {
  if (!isUtf8(raw.bytes)) {
    return rowFault('invalid_utf8', 'the row is not valid UTF-8. Save the file as UTF-8 or remove the row.');
  }
  if (raw.misplaced !== undefined) {
    return rowFault('malformed_json', `the row cannot be told apart: ${raw.misplaced}. Repair the array.`);
  }
  if ('syntaxError' in json) {
    return rowFault('malformed_json', `the row is not valid JSON: ${json.syntaxError}. ${jsonRemedy(text)}`);
  }
  if (!isJsonObject(json.value)) {
    const found = describeJson(json.value);
    return rowFault(
      'not_an_object',
      `the row is ${found}. A row is an object with "instruction" and "output".`,
    );
  }
  return readSample(json.value);
}

function tooLarge(maxRowBytes: number): RowFault {
  return rowFault('row_too_large', `the row has more than ${maxRowBytes} bytes. Shorten or remove it.`);
}

function parseJson(text: string): Json {
  try {
    return { value: JSON.parse(text) };
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
