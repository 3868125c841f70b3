import { ReflectionError } from '../errors.js';
import type { OutputRow } from '../output/spell-row.js';
import { type ObjectRow, readObjectRows } from '../scores/read-scored-rows.js';
import type { JsonObject } from '../util/json-value.js';

/** One object of a file of the research code. */
export interface ReferenceRow extends ObjectRow {
  /** The row's values, and those of its analysis where that came in a file of its own. */
  readonly object: JsonObject;
  /** What `object` has that the row has not. */
  readonly added: JsonObject;
}

/** A whole file of the research code, in memory. */
export interface ReferenceFile {
  readonly file: string;
  readonly rows: readonly ReferenceRow[];
}

/**
 * Reads a `*_analysis.jsonl` or `*_with_analysis.json`. These files are joined by position, so a row that cannot be read
 * is an error of the file.
 * @throws {ReflectionError} `dataset_unreadable` naming file and line; `aborted`.
 */
export async function readReferenceFile(file: string, signal?: AbortSignal): Promise<ReferenceFile> {
  const rows: ReferenceRow[] = [];
  for await (const row of readObjectRows(file, { signal })) rows.push({ ...row, added: {} });
  return { file, rows };
}

/** A row as it goes to an output, with fields of ours behind it. */
export function outputRow({ row, index, added }: ReferenceRow, fields: JsonObject = {}): OutputRow {
  return { row, index, fields: { ...added, ...fields } };
}

/** A row that cannot stay in its place and cannot be left out either. */
export function unusableRow(
  { file, line }: Pick<ReferenceRow, 'file' | 'line'>,
  problem: string,
): ReflectionError {
  return new ReflectionError('dataset_unreadable', `${file}:${line}: the row cannot be used: ${problem}.`, {
    remedy: 'Make the file again, or repair the row: leaving it out would shift all that follow.',
  });
}
