import type { Fingerprint } from '../../domain/fingerprint.js';
import { type LoadStudentOptions, loadStudent } from '../../engine/load-student.js';
import type { LoadedStudent } from '../../engine/loaded-student.js';
import { llamaVersion } from '../../engine/versions.js';
import { loadAndHash } from '../../gguf/load-and-hash.js';
import { type RequestedScoring, scoringFingerprint } from '../../scoring/scoring-fingerprint.js';

export interface OpenedStudent {
  readonly student: LoadedStudent;
  /** Everything a score depends on besides the texts. */
  readonly fingerprint: Fingerprint;
}

/** Loads a student and finds out what its scores depend on. @throws {ReflectionError} as {@link loadStudent} does. */
export async function openStudent(
  options: LoadStudentOptions,
  { template, definition }: Pick<RequestedScoring, 'template' | 'definition'>,
): Promise<OpenedStudent> {
  const { model, hash } = await loadAndHash(options.model, () => loadStudent(options), options.signal);
  return {
    student: model,
    fingerprint: scoringFingerprint({ template, definition }, model, hash, llamaVersion()),
  };
}
