import { METRIC_SPANS, type Metric } from '../domain/score.js';
import { type Measurement, measurement } from '../selection/measurement.js';
import type { RecordedRatios } from '../selection/recorded-outcome.js';
import { type ReferenceRow, unusableRow } from './reference-rows.js';

/**
 * IFD and r-IFD of a record exactly as they are stored in `ifd_ppl` and `rifd_ppl`; NaN for null.
 * @throws {ReflectionError} `dataset_unreadable` when the record has none of them or they are no numbers.
 */
export function storedRatios(row: ReferenceRow): RecordedRatios {
  return { ifd: storedRatio(row, 'ifd_ppl'), rifd: storedRatio(row, 'rifd_ppl') };
}

/**
 * IFD and r-IFD of a record where every step to them went well: the quotient of the stored perplexities if the
 * record has them, else the stored ratio. The research code replaces a good IFD by 0 when only r-IFD cannot be
 * divided, and stores a failed pass as 0; the former is recovered here, the latter is no score.
 * @throws {ReflectionError} `dataset_unreadable` when a field that is there is no number.
 */
export function importedScores(row: ReferenceRow): Readonly<Record<Metric, Measurement>> {
  return { ifd: importedScore(row, 'ifd'), rifd: importedScore(row, 'rifd') };
}

function importedScore(row: ReferenceRow, metric: Metric): Measurement {
  const conditioned = optionalNumber(row, `ppl_${METRIC_SPANS[metric].conditioned}`);
  const direct = optionalNumber(row, `ppl_${METRIC_SPANS[metric].direct}`);
  if (conditioned === undefined || direct === undefined) {
    return measurement(optionalNumber(row, `${metric}_ppl`) ?? Number.NaN, 'not_recorded');
  }
  const bothSound = [conditioned, direct].every((ppl) => ppl > 0 && ppl < Number.POSITIVE_INFINITY);
  return measurement(bothSound ? conditioned / direct : Number.NaN, 'not_recorded');
}

function storedRatio(row: ReferenceRow, field: string): number {
  const value = optionalNumber(row, field);
  if (value === undefined)
    throw unusableRow(row, `it has no "${field}", so it is no record with an analysis`);
  return value;
}

function optionalNumber(row: ReferenceRow, field: string): number | undefined {
  const value = row.object[field];
  if (value === null) return Number.NaN;
  if (value === undefined || typeof value === 'number') return value;
  throw unusableRow(row, `"${field}" is not a number`);
}
