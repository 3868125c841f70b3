import type { WorkerDevice } from '../options/device-name.js';
import type { Options } from '../options/option-table.js';
import { pick } from '../util/pick.js';
import type { LoadedStudent } from './loaded-student.js';
import { Student } from './student.js';
import { SHARED_OPTIONS, type StudentOptions } from './student-options.js';
import { StudentPool } from './workers/student-pool.js';

export interface LoadStudentOptions extends StudentOptions {
  /** Load the student in a process for each of these devices, all of one kind, instead of here on `device`. */
  readonly devices?: readonly WorkerDevice[] | undefined;
}

/** What the options of a command say about its student. */
export function studentOptions(
  options: Options<(typeof SHARED_OPTIONS)[number] | 'devices'> & { readonly student: string },
  signal: AbortSignal | undefined,
): LoadStudentOptions {
  return { ...pick(options, [...SHARED_OPTIONS, 'devices']), model: options.student, signal };
}

/** Loads a student in this process, or in one a device. Rejects as {@link Student.load} does. */
export function loadStudent({ devices, ...options }: LoadStudentOptions): Promise<LoadedStudent> {
  if (devices === undefined) return Student.load(options);
  const { device: _, ...rest } = options;
  return StudentPool.load({ ...rest, devices });
}
