import { createTeacher } from '../teacher/create-teacher.js';
import type { Teacher } from '../teacher/teacher.js';
import type { RecycleOptions } from './recycle-options.js';
import type { RunState } from './run-state.js';

/** Opens a run's teacher, whose limits count what the run has spent before. */
export function openTeacher(
  spec: string,
  { teacherOptions }: Pick<RecycleOptions, 'teacherOptions'>,
  concurrency: number,
  state: RunState,
): Promise<Teacher> {
  const { promptTokens, completionTokens, cost } = state.teacherTotals;
  const spent = { tokens: promptTokens + completionTokens, cost };
  return createTeacher(spec, {
    ...teacherOptions,
    openai: { concurrency, spent, ...teacherOptions?.openai },
  });
}
