import { type ResolvedModel, resolveModel } from '../models/resolve-model.js';
import { speedRatio } from '../study/figures.js';
import type { Claim, Study } from '../study/study.js';
import type { WeightType } from './ifd-claims.js';
import { entriesWith, type StudySettings } from './study-settings.js';

export interface DecisionStudyOptions {
  readonly shape: 'gpt2' | 'qwen2';
  readonly title: string;
  readonly types: readonly WeightType[];
  readonly rows: number;
  readonly slowEvery: number;
}

/** The full decision over four given candidates a row, against all 16 passes of it in Python. */
export async function decisionStudy(options: DecisionStudyOptions, settings: StudySettings): Promise<Study> {
  const { shape, title, types, rows, slowEvery } = options;
  const models = new Map<WeightType, ResolvedModel>();
  for (const type of types) models.set(type, await resolveModel(`${shape}-${type}`));
  const entry = entriesWith(settings, { rows, prompts: 0 });
  const [first] = models.values();
  return {
    name: `decision-${shape}`,
    title: `full decision over four candidates, ${title}, ${rows} rows`,
    entries: [
      ...Array.from(models, ([type, model]) => entry(`decide ${type}`, 'decide', model)),
      ...(settings.python ? [entry('hf-decide', 'hf-decide', models.get('f16') ?? first!, slowEvery)] : []),
    ],
    claims: types.map((type): Claim => {
      const ours = `decide ${type}`;
      return {
        what: 'full V2 decision over four candidates, rows/s',
        subject: `${title}, ${type.toUpperCase()}`,
        against: 'Hugging Face, fp32, 16 passes',
        unit: 'times',
        needs: [ours, 'hf-decide'],
        measure: speedRatio(ours, 'hf-decide'),
        target:
          type === 'q8_0' ? { direction: 'at least', done: 5, aim: 8 } : { direction: 'at least', done: 3.5 },
      };
    }),
    rounds: settings.rounds,
  };
}
