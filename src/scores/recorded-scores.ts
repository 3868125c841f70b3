import { METRIC_SPANS, METRICS, type Metric } from '../domain/score.js';
import { ReflectionError } from '../errors.js';
import { type Measurement, measurement } from '../selection/measurement.js';
import { describeJson, type JsonObject } from '../util/json-value.js';

/** Where a record stands, for messages, and what it holds. */
export interface ScoreRecord {
  readonly file: string;
  readonly line: number;
  readonly object: JsonObject;
}

/** Names of the ratios that decisions rest on. */
export const RATIO_FIELDS = { ifd: 'ifd_ppl', rifd: 'rifd_ppl' } as const satisfies Record<Metric, string>;

/** Whether a record has a field of scores at all, be it empty. */
export function hasScores(object: JsonObject): boolean {
  return METRICS.some((metric) =>
    [RATIO_FIELDS[metric], ...perplexityFields(metric)].some((field) => object[field] !== undefined),
  );
}

/**
 * IFD and r-IFD of a record where every step to them went well: the stored ratio, else the quotient of the stored
 * perplexities. The research code replaces a good IFD by 0 when only r-IFD cannot be divided, and stores a failed pass
 * as 0; the former is recovered here, the latter is no score.
 * @throws {ReflectionError} `dataset_unreadable` when a field that is there is no number.
 */
export function recordedScores(record: ScoreRecord): Readonly<Record<Metric, Measurement>> {
  return { ifd: recordedScore(record, 'ifd'), rifd: recordedScore(record, 'rifd') };
}

/**
 * The number in a field of scores, NaN for null; undefined where there is no such field.
 * @throws {ReflectionError} `dataset_unreadable` when it is no number.
 */
export function recordedNumber(record: ScoreRecord, field: string): number | undefined {
  const value = record.object[field];
  if (value === null) return Number.NaN;
  if (value === undefined || typeof value === 'number') return value;
  const { file, line } = record;
  throw new ReflectionError('dataset_unreadable', `${file}:${line}: "${field}" is ${describeJson(value)}.`, {
    remedy: 'Make the file again; a score is a number or null.',
  });
}

function recordedScore(record: ScoreRecord, metric: Metric): Measurement {
  const [conditioned, direct] = perplexityFields(metric).map((field) => recordedNumber(record, field));
  const ratio = measurement(recordedNumber(record, RATIO_FIELDS[metric]) ?? Number.NaN, 'not_recorded');
  const isSound = (ppl: number | undefined): ppl is number =>
    ppl !== undefined && ppl > 0 && ppl < Number.POSITIVE_INFINITY;
  if (ratio.kind === 'value' || !isSound(conditioned) || !isSound(direct)) return ratio;
  return measurement(conditioned / direct, 'not_recorded');
}

function perplexityFields(metric: Metric): readonly [conditioned: string, direct: string] {
  const { conditioned, direct } = METRIC_SPANS[metric];
  return [`ppl_${conditioned}`, `ppl_${direct}`];
}
