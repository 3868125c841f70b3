import type { Row } from '../../dataset/row.js';
import type { SampleScore } from '../../domain/score.js';
import type { OutputRow } from '../spell-row.js';
import { SCORE_NAMES, type ScoreFieldsOptions, scoreFields } from './score-fields.js';

/** A row with its score behind its own fields, see {@link scoreFields}. */
export function scoreRow(row: Row, score: SampleScore, options: ScoreFieldsOptions): OutputRow {
  return { row, fields: scoreFields(row, score, options), names: SCORE_NAMES };
}
