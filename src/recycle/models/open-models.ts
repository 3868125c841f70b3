import { warningsAbout } from '../../gguf/load-warnings.js';
import type { BatchTeacher } from '../../teacher/batch/batch-teacher.js';
import type { OnNotice } from '../../teacher/notice.js';
import type { Teacher } from '../../teacher/teacher.js';
import type { RunPaths } from '../run/run-paths.js';
import type { RunState } from '../run/run-state.js';
import type { RunInputs } from '../run-inputs.js';
import { type OpenedStudent, openStudent } from './open-student.js';
import { openTeacher } from './open-teacher.js';
import { modelPlaces, requireMemory } from './require-memory.js';

/** Who works in a run, each as far as its mode needs one. */
export interface Models extends AsyncDisposable {
  readonly teacher: Teacher | BatchTeacher | undefined;
  readonly opened: OpenedStudent | undefined;
  /** What their files were warned of at load. */
  readonly warnings: readonly string[];
}

/**
 * Opens a run's teacher and student. A teacher in this process comes last and takes what memory the student leaves;
 * any other comes first, so that a wrong key or name is found out before time is spent on loading.
 * @throws {ReflectionError} what opening either throws, and `out_of_memory` where both together do not fit.
 */
export async function openModels(
  inputs: RunInputs,
  paths: RunPaths,
  state: RunState,
  onNotice: OnNotice | undefined,
): Promise<Models> {
  await requireMemory(modelPlaces(inputs.teacher, inputs.student));

  let teacher: Models['teacher'];
  let opened: Models['opened'];
  const warnings: string[] = [];
  const tell: OnNotice = (notice) => {
    if (notice.kind === 'warning') warnings.push(notice.detail);
    onNotice?.(notice);
  };
  const bringTeacher = async () => {
    if (inputs.teacher !== undefined) teacher = await openTeacher(inputs.teacher, paths, state, tell);
  };
  const bringStudent = async () => {
    const { student } = inputs;
    // A score's last digits must not depend on what this process happened to score before.
    if (student === undefined) return;
    opened = await openStudent({ ...student, independentCalls: true }, inputs.scoring);
    for (const detail of warningsAbout('student', student.model, opened.student.model.warnings)) {
      tell({ kind: 'warning', detail });
    }
  };
  const close = async () => {
    await teacher?.[Symbol.asyncDispose]();
    await opened?.student.close();
  };
  const isLocal = inputs.teacher?.name.startsWith('gguf:');
  try {
    for (const bring of isLocal ? [bringStudent, bringTeacher] : [bringTeacher, bringStudent]) await bring();
    return { teacher, opened, warnings, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
