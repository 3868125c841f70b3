import { isUtf8 } from 'node:buffer';
import { openByteSource } from '../dataset/byte-source.js';
import { datasetError } from '../dataset/dataset-error.js';
import type { RawRow } from '../dataset/raw-row.js';
import { splitRows } from '../dataset/split-rows.js';
import { ReflectionError } from '../errors.js';
import { describeJson, isJsonObject, type JsonObject } from '../util/json-value.js';
import { parsePythonJson } from './parse-python-json.js';

const CHUNK_BYTES = 256 * 1024;
const MAX_ROW_BYTES = 64 * 1024 * 1024;

/** One object of a file of the research code. */
export interface ReferenceRow {
  /** As the user named it. */
  readonly file: string;
  /** 1-based line on which the object starts. */
  readonly line: number;
  readonly object: JsonObject;
}

/** A whole file of the research code, in memory. */
export interface ReferenceFile {
  readonly file: string;
  readonly rows: readonly ReferenceRow[];
}

/**
 * Reads a `*_analysis.jsonl` or `*_with_analysis.json` (lines or one array, told apart by content; gzip is
 * unpacked), taking the numbers Python writes and JSON does not have. These files are joined by position, so a
 * row that cannot be read is an error of the file.
 * @throws {ReflectionError} `dataset_unreadable` naming file and line.
 */
export async function readReferenceFile(file: string): Promise<ReferenceFile> {
  const source = openByteSource(file, CHUNK_BYTES);
  const rows: ReferenceRow[] = [];
  try {
    for await (const batch of splitRows(source.chunks, 0, MAX_ROW_BYTES)) {
      for (const raw of batch) rows.push({ file, line: raw.line, object: parseObject(file, raw) });
    }
  } catch (cause) {
    throw datasetError(file, cause);
  } finally {
    source.close();
  }
  return { file, rows };
}

function parseObject(file: string, { bytes, overflowed, line, misplaced }: RawRow): JsonObject {
  if (misplaced !== undefined) throw unusableRow({ file, line }, misplaced);
  if (overflowed) throw unusableRow({ file, line }, `it has more than ${MAX_ROW_BYTES} bytes`);
  if (!isUtf8(bytes)) throw unusableRow({ file, line }, 'it is not valid UTF-8');
  let value: unknown;
  try {
    value = parsePythonJson(bytes.toString());
  } catch (cause) {
    throw unusableRow({ file, line }, `it is not valid JSON: ${(cause as SyntaxError).message}`, cause);
  }
  if (!isJsonObject(value)) throw unusableRow({ file, line }, `it is ${describeJson(value)}, not an object`);
  return value;
}

/** A row that cannot stay in its place and cannot be left out either. */
export function unusableRow(
  { file, line }: Pick<ReferenceRow, 'file' | 'line'>,
  problem: string,
  cause?: unknown,
): ReflectionError {
  return new ReflectionError('dataset_unreadable', `${file}:${line}: the row cannot be used: ${problem}.`, {
    remedy: 'Make the file again, or repair the row: leaving it out would shift all that follow.',
    cause,
  });
}
