import { RATIO_FIELDS, recordedNumber, type ScoreRecord } from '../scores/recorded-scores.js';
import type { RecordedRatios } from '../selection/recorded-outcome.js';
import { unusableRow } from './reference-rows.js';

/**
 * IFD and r-IFD of a record exactly as they are stored in `ifd_ppl` and `rifd_ppl`; NaN for null.
 * @throws {ReflectionError} `dataset_unreadable` when the record has none of them or they are no numbers.
 */
export function storedRatios(record: ScoreRecord): RecordedRatios {
  return { ifd: storedRatio(record, RATIO_FIELDS.ifd), rifd: storedRatio(record, RATIO_FIELDS.rifd) };
}

function storedRatio(record: ScoreRecord, field: string): number {
  const value = recordedNumber(record, field);
  if (value !== undefined) return value;
  throw unusableRow(record, `it has no "${field}", so it is no record with an analysis`);
}
