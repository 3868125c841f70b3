import { basename } from 'node:path';
import type { Fingerprint } from '../../domain/fingerprint.js';
import { type LoadStudentOptions, loadStudent } from '../../engine/load-student.js';
import type { LoadedStudent } from '../../engine/loaded-student.js';
import { llamaVersion } from '../../engine/versions.js';
import { loadAndHash } from '../../gguf/load-and-hash.js';
import { templateFor } from '../../prompt/choose-template.js';
import type { PromptTemplate } from '../../prompt/conversation-renderer.js';
import { scoringFingerprint } from '../../scoring/scoring-fingerprint.js';
import type { ScoringInputs } from '../run-inputs.js';

export interface OpenedStudent {
  readonly student: LoadedStudent;
  /** Everything a score depends on besides the texts. */
  readonly fingerprint: Fingerprint;
  /** The student's own where that was asked for. */
  readonly template: PromptTemplate;
}

/** Loads a student and finds out what its scores depend on. @throws {ReflectionError} as {@link loadStudent} and {@link templateFor} do. */
export async function openStudent(
  options: LoadStudentOptions,
  { template: choice, ...scoring }: ScoringInputs,
): Promise<OpenedStudent> {
  const { model, hash } = await loadAndHash(options.model, () => loadStudent(options), options.signal);
  try {
    const template = templateFor(choice, { ...model.model, name: basename(options.model) });
    const fingerprint = scoringFingerprint({ template, ...scoring }, model, hash, llamaVersion());
    return { student: model, fingerprint, template };
  } catch (error) {
    await model.close();
    throw error;
  }
}
