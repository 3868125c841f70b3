import { inputName } from '../dataset/input.js';
import { openRows } from '../dataset/open-rows.js';
import type { Row, SpelledRow } from '../dataset/row.js';
import type { Metric } from '../domain/score.js';
import { ReflectionError } from '../errors.js';
import type { Measurement } from '../selection/measurement.js';
import type { JsonObject } from '../util/json-value.js';
import { parsePythonJson } from './parse-python-json.js';
import { hasScores, recordedScores } from './recorded-scores.js';

/** A row of a file with scores in it. */
export interface ObjectRow {
  /** As the user named it. */
  readonly file: string;
  /** 1-based line on which the row starts. */
  readonly line: number;
  /** Its 0-based position in the dataset that the file is, or is a part of. */
  readonly index: number;
  /** The row as it stands in its file. */
  readonly row: SpelledRow;
  readonly object: JsonObject;
}

export interface ScoredRow extends ObjectRow {
  /** Whether the row has any field of scores at all. */
  readonly isScored: boolean;
  readonly scores: Readonly<Record<Metric, Measurement>>;
}

export interface ReadScoresOptions {
  /** What messages call the file, where that is not what it is opened by. */
  readonly name?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Streams the rows of a file that must all be objects: of any format that datasets may have, and also with the numbers
 * Python writes and JSON does not have (NaN, Infinity). Leaving out a row that cannot be read would shift all that
 * follow, so that it is an error of the file.
 * @throws {ReflectionError} `dataset_unreadable` naming file and line; `aborted`.
 */
export async function* readObjectRows(
  file: string,
  { name = inputName(file), signal }: ReadScoresOptions = {},
): AsyncGenerator<ObjectRow, void> {
  const source = await openRows(file, { name, parse: parsePythonJson, signal });
  try {
    const isText = source.format === 'csv' || source.format === 'tsv';
    for await (const row of source.rows) yield objectRow(name, row, isText);
  } finally {
    source.close();
  }
}

/**
 * Streams a file of scores as `score` writes it, or any other with fields named so. Every command that reads scores
 * reads them here.
 * @throws {ReflectionError} `dataset_unreadable` naming file and line, also when a score is neither number nor null;
 *   `aborted`.
 */
export async function* readScoredRows(
  file: string,
  options: ReadScoresOptions = {},
): AsyncGenerator<ScoredRow, void> {
  for await (const row of readObjectRows(file, options)) yield scoredRow(row);
}

/** @throws {ReflectionError} `dataset_unreadable` when a score is neither number nor null. */
export function scoredRow(row: ObjectRow): ScoredRow {
  return { ...row, isScored: hasScores(row.object), scores: recordedScores(row) };
}

function objectRow(file: string, row: Row, isText: boolean): ObjectRow {
  const { object, index, line, text } = row;
  if (object !== undefined && !isMisplaced(row)) {
    return { file, index, line, row: { text, object }, object: isText ? withNumbers(object) : object };
  }
  throw new ReflectionError(
    'dataset_unreadable',
    row.kind === 'bad' ? row.detail : `${file}:${line}: the row is no object.`,
    { remedy: 'Make the file again, or repair the row: leaving it out would shift all that follow.' },
  );
}

/** Fields of scores. */
const SCORE_FIELD = /^(ppl|loss|ifd|rifd)_/;

/** An object of texts, with numbers for those that are scores; an empty one is none. */
function withNumbers(object: JsonObject): JsonObject {
  const entries = Object.entries(object).map(([name, text]) => {
    if (!SCORE_FIELD.test(name) || typeof text !== 'string') return [name, text];
    const number = text === '' ? null : Number(text);
    return [name, Number.isNaN(number) && !/^nan$/i.test(text) ? text : number];
  });
  return Object.fromEntries(entries);
}

/** What stands behind the end of an array is an object, but none of its rows. */
function isMisplaced(row: Row): boolean {
  return row.kind === 'bad' && row.reason === 'malformed_json';
}
