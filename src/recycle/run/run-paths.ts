import { join } from 'node:path';
import { type FormatName, withoutEnding } from '../../domain/format-name.js';

/** The files of a run directory. */
export interface RunPaths {
  /** What the run was asked to do, with the hashes of all it depends on. */
  readonly manifest: string;
  /** Who was asked last, with all that replies depend on besides the sample. */
  readonly teacher: string;
  /** SQLite: every reply of the teacher and every score, as soon as they are there. */
  readonly state: string;
  /** The provider's batches that are under way. */
  readonly batches: string;
  /** Held by the process that works in the directory. */
  readonly lock: string;
  /** Of a dataset that can be read only once, while the run lasts. */
  readonly copy: string;
  /** Every row with all its candidates: what the `reflect` stage writes. */
  readonly reflected: string;
  /** Where the dataset is lines of JSON; see {@link selectedPath}. */
  readonly selected: string;
  readonly rejected: string;
  readonly candidates: string;
  readonly audit: string;
  /** Written last: while it is missing, the other outputs are missing or stale. */
  readonly summary: string;
}

export function runPaths(directory: string): RunPaths {
  return {
    manifest: join(directory, 'manifest.json'),
    teacher: join(directory, 'teacher.json'),
    state: join(directory, 'state.db'),
    batches: join(directory, 'batches.json'),
    lock: join(directory, 'run.lock'),
    copy: join(directory, 'dataset.copy'),
    reflected: join(directory, 'reflected.jsonl'),
    selected: join(directory, 'selected.jsonl'),
    rejected: join(directory, 'rejected.jsonl'),
    candidates: join(directory, 'candidates.jsonl'),
    audit: join(directory, 'audit.jsonl'),
    summary: join(directory, 'summary.json'),
  };
}

/** Where the selected rows of a dataset in this format go. */
export function selectedPath({ selected }: RunPaths, format: FormatName): string {
  return `${withoutEnding(selected)}.${format}`;
}

/** Where the rows of such a dataset go with their candidates: to lines where its format has no place for objects. */
export function reflectedPath({ reflected }: RunPaths, format: FormatName): string {
  const hasColumns = format === 'parquet' || format === 'arrow';
  return hasColumns ? `${withoutEnding(reflected)}.${format}` : reflected;
}
