import type { ResolvedModel } from '../models/resolve-model.js';
import type { Entry } from '../study/study.js';
import type { ContenderName } from '../trial/task.js';

/** What all studies of a run have in common. */
export interface StudySettings {
  readonly data: string;
  readonly rounds: number;
  /** Whether the Python contenders can take part. */
  readonly python: boolean;
}

/** Makes entries that take their work from one place. */
export function entriesWith(settings: Pick<StudySettings, 'data'>, work: { rows: number; prompts: number }) {
  return (name: string, contender: ContenderName, model: ResolvedModel, every = 1): Entry => ({
    name,
    contender,
    model,
    rows: { data: settings.data, count: work.rows, every },
    prompts: work.prompts,
  });
}
