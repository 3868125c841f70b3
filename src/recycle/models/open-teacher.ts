import type { BatchTeacher } from '../../teacher/batch/batch-teacher.js';
import { createBatchTeacher, createTeacher, priceOf } from '../../teacher/create-teacher.js';
import type { OnNotice } from '../../teacher/notice.js';
import { costOf } from '../../teacher/openai/pacing/token-counts.js';
import type { Teacher } from '../../teacher/teacher.js';
import type { RunPaths } from '../run/run-paths.js';
import type { RunState } from '../run/run-state.js';
import type { TeacherInputs } from '../run-inputs.js';
import { warnOfTeacherFile } from './warn-of-teacher-file.js';

/**
 * Opens a run's teacher, whose limits count what the run has spent before. Replies whose price was not known then count at
 * the present one.
 */
export async function openTeacher(
  { name, isBatch, options }: TeacherInputs,
  { batches }: RunPaths,
  state: RunState,
  onNotice: OnNotice | undefined,
): Promise<Teacher | BatchTeacher> {
  const { promptTokens, completionTokens, cost } = state.teacherTotals;
  const unpriced = costOf(state.unpricedTokens, priceOf(options) ?? null) ?? 0;
  const spent = { tokens: promptTokens + completionTokens, cost: cost + unpriced };
  if (isBatch) return createBatchTeacher(name, { ...options, spent, onNotice, statePath: batches });
  const teacher = await createTeacher(name, { ...options, spent, onNotice });
  await warnOfTeacherFile(name, onNotice);
  return teacher;
}
