import { resolveModel } from '../models/resolve-model.js';
import { memoryBeyond, speedRatio, speedRatioWithHead } from '../study/figures.js';
import { isPython } from '../study/run-trial.js';
import type { Claim, Study } from '../study/study.js';
import type { ContenderName } from '../trial/task.js';
import { entriesWith, type StudySettings } from './study-settings.js';

export interface OwnStudyOptions {
  /** As {@link resolveModel} takes it. */
  readonly model: string;
  readonly contenders: readonly ContenderName[];
  readonly rows: number;
  readonly slowEvery: number;
  readonly prompts: number;
}

/** Contenders that fetch every token's distribution or work one by one: a part of the rows will do. */
const SLOW: readonly ContenderName[] = ['node-probabilities', 'node-logits', 'hf', 'hf-decide'];
/** Those that do not do the work that `ours` does, so that a ratio would say nothing. */
const OTHER_WORK: readonly ContenderName[] = [
  'ours',
  'decide',
  'hf-decide',
  'sgemm',
  'orchestration',
  'long-run',
];

/** Any contenders on any model, for a question of one's own. */
export async function ownStudy(options: OwnStudyOptions, settings: StudySettings): Promise<Study> {
  const { rows, slowEvery, prompts } = options;
  const model = await resolveModel(options.model);
  const contenders = options.contenders.filter((contender) => settings.python || !isPython(contender));
  const entry = entriesWith(settings, { rows, prompts });
  const subject = model.name;
  const ratio = (against: string, measure: Claim['measure'], other: ContenderName): Claim => {
    return { what: 'tokens/s', subject, against, unit: 'times', needs: ['ours', other], measure };
  };
  return {
    name: subject,
    title: `${subject}, ${rows} rows`,
    entries: contenders.map((contender) =>
      entry(contender, contender, model, SLOW.includes(contender) ? slowEvery : 1),
    ),
    claims: [
      ...contenders
        .filter((contender) => !OTHER_WORK.includes(contender))
        .map((contender) => ratio(contender, speedRatio('ours', contender), contender)),
      ratio('prefill + head', speedRatioWithHead('ours', 'prefill', model.cost, 1), 'prefill'),
      {
        ...{ what: 'peak memory beyond the file', subject, against: '', unit: 'megabytes', needs: ['ours'] },
        measure: memoryBeyond(model, 'ours'),
      },
    ],
    rounds: settings.rounds,
  };
}
