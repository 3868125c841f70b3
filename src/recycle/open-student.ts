import { Student } from '../engine/student.js';
import type { StudentOptions } from '../engine/student-options.js';
import { llamaVersion } from '../engine/versions.js';
import type { Fingerprint } from '../output/fingerprint.js';
import { DEFINITIONS } from '../scoring/score-stream.js';
import { fileHash } from '../util/file-hash.js';
import type { RunInputs } from './run-inputs.js';

export interface OpenedStudent {
  readonly student: Student;
  /** Everything a score depends on besides the texts. */
  readonly fingerprint: Fingerprint;
}

/** Loads a student and finds out what its scores depend on. @throws {ReflectionError} as {@link Student.load} does. */
export async function openStudent(
  options: StudentOptions,
  { template, definition }: Pick<RunInputs, 'template' | 'definition'>,
): Promise<OpenedStudent> {
  const hashing = fileHash(options.model, options.signal);
  hashing.catch(() => {});
  const student = await Student.load(options);
  try {
    return {
      student,
      fingerprint: {
        definition: DEFINITIONS[definition].version,
        template: `${template.name} ${template.hash}`,
        student: await hashing,
        start_token: student.startToken,
        max_length: student.maxLength,
        precision: student.precision,
        deterministic: student.deterministic,
        device: student.device.kind,
        llama_cpp: llamaVersion(),
      },
    };
  } catch (error) {
    await student.close();
    throw error;
  }
}
