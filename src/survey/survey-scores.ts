import { METRIC_SPANS } from '../domain/score.js';
import { ROW_KEY, rowKey } from '../output/row-key.js';
import { readScoredRows, type ScoredRow } from '../scores/read-scored-rows.js';
import type { Measurement } from '../selection/measurement.js';
import { exactId } from '../util/json-members.js';
import { judgeRows, type Thresholds } from './judge-rows.js';
import { showScoredRow } from './show-scored-row.js';
import { type ReadRow, type SurveyedSource, type SurveyOptions, Surveyor } from './surveyor.js';

export interface SurveyScoresOptions extends SurveyOptions, Thresholds {}

const NOTHING: Measurement = { kind: 'missing', reason: 'not_recorded' };

/**
 * Surveys a file of scores, ours or others', in one pass.
 * @throws {ReflectionError} `dataset_unreadable` naming file and line; `aborted`.
 */
export async function surveyScores(file: string, options: SurveyScoresOptions): Promise<SurveyedSource> {
  const { signal, by, top, maxIfd, maxRifd } = options;
  const surveyor = new Surveyor(options);
  for await (const row of readScoredRows(file, { signal })) surveyor.add(readRow(row, by));
  const thresholds = {
    ...(maxIfd !== undefined && { maxIfd }),
    ...(maxRifd !== undefined && { maxRifd }),
    top,
  };
  const { path, rule } = judgeRows(surveyor.table, thresholds);
  return surveyor.finish({ name: file, kind: 'scores', rule }, path);
}

function readRow({ object, row, scores }: ScoredRow, by: string | undefined): ReadRow {
  const { output, reason, status } = object;
  const tokens = object[`tokens_${METRIC_SPANS.ifd.conditioned}`];
  const key = object[ROW_KEY];
  const kind = 'row_text' in object ? ('row' as const) : ('score' as const);
  return {
    key: typeof key === 'string' && /^[0-9a-f]{16}$/.test(key) ? key : rowKey(row),
    before: scores,
    after: { ifd: NOTHING, rifd: NOTHING },
    tokens: typeof tokens === 'number' ? tokens : undefined,
    characters: typeof output === 'string' ? output.length : undefined,
    path: [],
    reasons: status === 'unscorable' && typeof reason === 'string' ? [{ kind, reason }] : [],
    groupValue: by === undefined ? undefined : object[by],
    show: () => {
      const id = exactId(row.text, object, 'id');
      return { id: id === undefined ? null : String(id), ...showScoredRow(object) };
    },
  };
}
