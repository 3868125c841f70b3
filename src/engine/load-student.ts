import type { LoadedStudent } from './loaded-student.js';
import { Student } from './student.js';
import type { StudentOptions } from './student-options.js';
import { StudentPool } from './workers/student-pool.js';
import type { WorkerDevice } from './workers/worker-device.js';

export interface LoadStudentOptions extends StudentOptions {
  /** Load the student in a process for each of these devices, all of one kind, instead of here on `device`. */
  readonly devices?: readonly WorkerDevice[];
}

/** Loads a student in this process, or in one a device. Rejects as {@link Student.load} does. */
export function loadStudent({ devices, ...options }: LoadStudentOptions): Promise<LoadedStudent> {
  if (devices === undefined) return Student.load(options);
  const { device: _, ...rest } = options;
  return StudentPool.load({ ...rest, devices });
}
