import type { BatchTeacher } from '../../teacher/batch/batch-teacher.js';
import { createBatchTeacher, createTeacher } from '../../teacher/create-teacher.js';
import type { Teacher } from '../../teacher/teacher.js';
import type { RunPaths } from '../run/run-paths.js';
import type { RunState } from '../run/run-state.js';
import type { TeacherInputs } from '../run-inputs.js';

/** Opens a run's teacher, whose limits count what the run has spent before. */
export async function openTeacher(
  { name, isBatch, options }: TeacherInputs,
  { batches }: RunPaths,
  state: RunState,
): Promise<Teacher | BatchTeacher> {
  const { promptTokens, completionTokens, cost } = state.teacherTotals;
  const spent = { tokens: promptTokens + completionTokens, cost };
  return isBatch
    ? createBatchTeacher(name, { ...options, spent, statePath: batches })
    : createTeacher(name, { ...options, spent });
}
