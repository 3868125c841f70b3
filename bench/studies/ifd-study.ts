import { type ResolvedModel, resolveModel } from '../models/resolve-model.js';
import type { Entry, Study } from '../study/study.js';
import { ifdClaims, type WeightType } from './ifd-claims.js';
import { entriesWith, type StudySettings } from './study-settings.js';

/** Names of entries, and of the contenders that they are. */
const PYTHON_ENTRIES: readonly string[] = ['hf', 'sgemm'];

export interface IfdStudyOptions {
  readonly shape: 'gpt2' | 'qwen2';
  /** For people. */
  readonly title: string;
  readonly types: readonly WeightType[];
  readonly rows: number;
  /** Of those rows, the contenders that are slow take one in so many. */
  readonly slowEvery: number;
  readonly prompts: number;
}

/** IFD alone on one shape: rows in, scores out, against everybody else's way to the same numbers. */
export async function ifdStudy(options: IfdStudyOptions, settings: StudySettings): Promise<Study> {
  const { shape, title, types, rows, slowEvery, prompts } = options;
  const models = new Map<WeightType, ResolvedModel>();
  for (const type of types) models.set(type, await resolveModel(`${shape}-${type}`));
  const entry = entriesWith(settings, { rows, prompts });
  const entries = [...models].flatMap(([type, model]): Entry[] => [
    entry(`ours ${type}`, 'ours', model),
    entry(`node-prefill ${type}`, 'node-prefill', model),
  ]);
  const wide = models.get('f16');
  if (shape === 'gpt2' && wide) {
    entries.push(entry('node-probabilities f16', 'node-probabilities', wide, slowEvery));
  }
  const quantized = models.get('q8_0');
  if (shape === 'qwen2' && quantized) entries.push(entry('prefill q8_0', 'prefill', quantized));
  if (settings.python) {
    const [first] = models.values();
    entries.push(entry('hf', 'hf', wide ?? first!, slowEvery), entry('sgemm', 'sgemm', first!));
  }
  const isPlanned = (name: string) => entries.some((planned) => planned.name === name);
  return {
    name: `ifd-${shape}`,
    title: `IFD, ${title}, ${rows} rows, Alpaca template`,
    entries,
    // whether Python takes part is the user's choice, so what needs it stays and counts as not measured
    claims: [...models]
      .flatMap(([type, model]) => ifdClaims(type, model, title))
      .filter(({ needs }) => needs.every((name) => isPlanned(name) || PYTHON_ENTRIES.includes(name))),
    rounds: settings.rounds,
  };
}
