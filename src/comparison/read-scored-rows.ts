import { readRows } from '../dataset/read-rows.js';
import type { Row } from '../dataset/row.js';
import { METRICS, type Metric } from '../domain/score.js';
import { ReflectionError } from '../errors.js';
import { named } from '../options/option-name.js';
import { type Measurement, measurement } from '../selection/measurement.js';
import { describeJson, type JsonObject } from '../util/json-value.js';

/** What a comparison reads of one row. */
export interface ScoredRow {
  /** What the row is known by in both files; rows of equal text have equal keys. */
  readonly key: string;
  readonly scores: Readonly<Record<Metric, Measurement>>;
}

/**
 * Streams the rows of a file of scores as `score` writes it, or of any other with `ifd_ppl` or `rifd_ppl` and the
 * field `joinBy` in each row.
 * @throws {ReflectionError} `dataset_unreadable` naming file and line.
 */
export async function* readScoredRows(file: string, joinBy: string): AsyncGenerator<ScoredRow, void> {
  for await (const row of readRows(file)) yield scoredRow(file, row, joinBy);
}

function scoredRow(file: string, row: Row, joinBy: string): ScoredRow {
  const { object, line } = row;
  if (object === undefined) {
    const detail = row.kind === 'bad' ? row.detail : `${file}:${line}: the row is not an object.`;
    throw new ReflectionError('dataset_unreadable', detail, {
      remedy: 'Compare two whole outputs of `reflection-tuning score`.',
    });
  }
  const refuse = (problem: string, remedy: string) =>
    new ReflectionError('dataset_unreadable', `${file}:${line}: ${problem}.`, { remedy });
  if (METRICS.every((metric) => object[fieldOf(metric)] === undefined)) {
    throw refuse(
      `the row has neither ${METRICS.map(fieldOf).join(' nor ')}, so it is not scored`,
      'Score the dataset first, with `reflection-tuning score` or scoreDataset.',
    );
  }
  const key = object[joinBy];
  if (typeof key !== 'string' && typeof key !== 'number') {
    const found = key === undefined ? 'is missing' : `is ${describeJson(key)}`;
    throw refuse(
      `its "${joinBy}", by which rows are found in the other file, ${found}`,
      `Name a field that holds a text or a number in every row of both files as ${named('joinBy')}.`,
    );
  }
  const read = (metric: Metric): Measurement => {
    const value = recordedRatio(object, metric);
    if (value.kind === 'ratio') return measurement(value.ratio, 'not_recorded');
    throw refuse(
      `"${fieldOf(metric)}" is ${value.found}`,
      'Make the file again; a score is a number or null.',
    );
  };
  return { key: JSON.stringify(key), scores: { ifd: read('ifd'), rifd: read('rifd') } };
}

function fieldOf(metric: Metric): string {
  return `${metric}_ppl`;
}

type RecordedRatio =
  | { readonly kind: 'ratio'; readonly ratio: number }
  | { readonly kind: 'foreign'; readonly found: string };

/** NaN where nothing is recorded. */
function recordedRatio(object: JsonObject, metric: Metric): RecordedRatio {
  const value = object[fieldOf(metric)] ?? Number.NaN;
  if (typeof value === 'number') return { kind: 'ratio', ratio: value };
  return { kind: 'foreign', found: describeJson(value) };
}
