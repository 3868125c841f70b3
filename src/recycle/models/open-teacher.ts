import type { BatchTeacher } from '../../teacher/batch/batch-teacher.js';
import { createBatchTeacher, createTeacher } from '../../teacher/create-teacher.js';
import { costOf } from '../../teacher/openai/pacing/token-counts.js';
import type { Teacher } from '../../teacher/teacher.js';
import type { RecycleOptions } from '../recycle-options.js';
import type { RunPaths } from '../run/run-paths.js';
import type { RunState } from '../run/run-state.js';

/**
 * Opens a run's teacher, whose limits count what the run has spent before. Replies whose price was not known then count at
 * the present one.
 */
export async function openTeacher(
  spec: string,
  { teacherOptions, teacherBatch }: Pick<RecycleOptions, 'teacherOptions' | 'teacherBatch'>,
  concurrency: number,
  { batches }: RunPaths,
  state: RunState,
): Promise<Teacher | BatchTeacher> {
  const { promptTokens, completionTokens, cost } = state.teacherTotals;
  const unpriced = costOf(state.unpricedTokens, teacherOptions?.openai?.price ?? null) ?? 0;
  const spent = { tokens: promptTokens + completionTokens, cost: cost + unpriced };
  const openai = { concurrency, spent };
  const options = { ...teacherOptions, openai: { ...openai, ...teacherOptions?.openai } };
  return teacherBatch === undefined
    ? createTeacher(spec, options)
    : createBatchTeacher(spec, { ...options, batch: { ...teacherBatch, statePath: batches } });
}
