import type { Row } from '../dataset/row.js';
import type { SampleScore } from '../domain/score.js';
import { ownFields } from './own-fields.js';
import { type ScoreFieldsOptions, scoreFields } from './score-fields.js';

/**
 * A row and its score as one line of JSON, without a line break: the row's own fields as they are spelled in
 * the dataset, then ours (see {@link scoreFields}). A row that is no object stands in the field `row_text`.
 */
export function formatScoreLine(row: Row, score: SampleScore, options: ScoreFieldsOptions): string {
  return ownFields(row) + JSON.stringify(scoreFields(row.text, score, options)).slice(1);
}
