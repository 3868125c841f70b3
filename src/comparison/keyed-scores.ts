import { METRICS, type Metric } from '../domain/score.js';
import { ReflectionError } from '../errors.js';
import { named } from '../options/option-name.js';
import { readScoredRows, type ScoredRow } from '../scores/read-scored-rows.js';
import { RATIO_FIELDS } from '../scores/recorded-scores.js';
import type { Measurement } from '../selection/measurement.js';
import { exactId } from '../util/json-members.js';
import { describeJson } from '../util/json-value.js';

/** What a comparison reads of one row. */
export interface KeyedScores {
  /** What the row is known by in both files; rows of equal text have equal keys. */
  readonly key: string;
  readonly scores: Readonly<Record<Metric, Measurement>>;
}

/**
 * Streams the scores of a file whose rows have the field `joinBy`.
 * @throws {ReflectionError} `dataset_unreadable` naming file and line; `aborted`.
 */
export async function* keyedScores(
  file: string,
  joinBy: string,
  signal?: AbortSignal,
): AsyncGenerator<KeyedScores, void> {
  for await (const row of readScoredRows(file, { signal }))
    yield { key: keyOf(row, joinBy), scores: row.scores };
}

function keyOf({ file, line, row, object, isScored }: ScoredRow, joinBy: string): string {
  const refuse = (problem: string, remedy: string) =>
    new ReflectionError('dataset_unreadable', `${file}:${line}: ${problem}.`, { remedy });
  if (!isScored) {
    throw refuse(
      `the row has neither ${METRICS.map((metric) => RATIO_FIELDS[metric]).join(' nor ')}, so it is not scored`,
      'Score the dataset first, with `reflection-tuning score` or scoreDataset.',
    );
  }
  const key = exactId(row.text, object, joinBy);
  if (key !== undefined) return JSON.stringify(key);
  const value = object[joinBy];
  const found = value === undefined ? 'is missing' : `is ${describeJson(value)}`;
  throw refuse(
    `its "${joinBy}", by which rows are found in the other file, ${found}`,
    `Name a field that holds a text or a number in every row of both files as ${named('joinBy')}.`,
  );
}
