import { type LoadStudentOptions, loadStudent } from '../../engine/load-student.js';
import type { LoadedStudent } from '../../engine/loaded-student.js';
import { llamaVersion } from '../../engine/versions.js';
import type { Fingerprint } from '../../output/fingerprint.js';
import { DEFINITIONS } from '../../scoring/definitions.js';
import { fileHash } from '../../util/file-hash.js';
import type { RunInputs } from '../run-inputs.js';

export interface OpenedStudent {
  readonly student: LoadedStudent;
  /** Everything a score depends on besides the texts. */
  readonly fingerprint: Fingerprint;
}

/** Loads a student and finds out what its scores depend on. @throws {ReflectionError} as {@link loadStudent} does. */
export async function openStudent(
  options: LoadStudentOptions,
  { template, definition }: Pick<RunInputs, 'template' | 'definition'>,
): Promise<OpenedStudent> {
  const hashing = fileHash(options.model, options.signal);
  hashing.catch(() => {});
  const student = await loadStudent(options);
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
