import { createHash } from 'node:crypto';
import { datasetError } from '../../dataset/dataset-error.js';
import { inputName } from '../../dataset/input.js';
import { inputFiles } from '../../dataset/inputs/input-files.js';
import type { DatasetName } from '../../domain/dataset-name.js';
import type { Fingerprint } from '../../domain/fingerprint.js';
import type { FoundLayout } from '../../layout/detect-layout.js';
import { unusualLayout } from '../../pipeline/used-fields.js';
import { defined } from '../../util/defined.js';
import { fileHash } from '../../util/file-hash.js';
import type { Models } from '../models/open-models.js';
import type { RecycleOptions } from '../recycle-options.js';
import type { RunInputs } from '../run-inputs.js';
import { type RunManifest, selectionFingerprint, teacherFingerprint } from './run-manifest.js';

/**
 * The manifest of the run that these options ask for.
 * @param data - The dataset's file, or a copy of it, and how its rows are read.
 * @throws {ReflectionError} `dataset_unreadable`, `aborted`.
 */
export async function makeManifest(
  { file, found }: { readonly file: DatasetName; readonly found: FoundLayout },
  { dataset, limit, signal }: Pick<RecycleOptions, 'dataset' | 'limit' | 'signal'>,
  { mode, turns, prompts, sampling, eager, policy }: RunInputs,
  { teacher, opened }: Pick<Models, 'teacher' | 'opened'>,
): Promise<RunManifest> {
  const sha256 = await datasetHash(file, signal);
  const data: Fingerprint = { sha256, limit: limit ?? null, ...defined({ layout: unusualLayout(found) }) };
  return {
    format: 'reflection-tuning run',
    version: 1,
    dataset: typeof dataset === 'string' ? dataset : inputName(dataset),
    data,
    teacher: teacher === undefined ? null : teacherFingerprint(teacher.id, prompts, sampling),
    scoring: opened?.fingerprint ?? null,
    selection: selectionFingerprint(mode, eager, policy, turns),
  };
}

/** Of a file its own hash, of several one over theirs. */
async function datasetHash(dataset: DatasetName, signal?: AbortSignal): Promise<string> {
  const hashes: string[] = [];
  for (const file of await inputFiles(dataset)) {
    const hash = await fileHash(file, signal).catch((cause) => {
      throw datasetError(file, cause);
    });
    hashes.push(hash);
  }
  return hashes.length === 1 ? hashes[0]! : createHash('sha256').update(hashes.join()).digest('hex');
}
