import type { SpelledRow } from '../../dataset/row.js';
import type { RowScore } from '../../domain/chat-score.js';
import type { OutputRow } from '../spell-row.js';
import { kindOf, scoreFields, scoreNames } from './score-fields.js';
import type { ScoreFieldsOptions } from './score-numbers.js';

/** A row with its score behind its own fields, see {@link scoreFields}. */
export function scoreRow(row: SpelledRow, score: RowScore, options: ScoreFieldsOptions): OutputRow {
  return { row, fields: scoreFields(row, score, options), names: scoreNames(kindOf(score)) };
}
