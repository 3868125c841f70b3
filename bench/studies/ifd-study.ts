import { type ResolvedModel, resolveModel } from '../models/resolve-model.js';
import { memoryBeyond, shareOfPeak, speedRatio, speedRatioWithHead } from '../study/figures.js';
import type { Claim, Entry, Study, Target } from '../study/study.js';
import { entriesWith, type StudySettings } from './study-settings.js';

/** Names of entries, and of the contenders that they are. */
const PYTHON_ENTRIES: readonly string[] = ['hf', 'sgemm'];

/** How weights are stored: `widened` students (F32, F16) and quantized ones have targets of their own. */
const WIDE = ['f32', 'f16'] as const;
export type WeightType = (typeof WIDE)[number] | 'q8_0';

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
      .flatMap(([type, model]) => claimsFor(type, model, title))
      .filter(({ needs }) => needs.every((name) => isPlanned(name) || PYTHON_ENTRIES.includes(name))),
    rounds: settings.rounds,
  };
}

function claimsFor(type: WeightType, model: ResolvedModel, title: string): readonly Claim[] {
  const isQuantized = type === 'q8_0';
  const ours = `ours ${type}`;
  const stock = `node-prefill ${type}`;
  const subject = `${title}, ${type.toUpperCase()}`;
  const times = (
    what: string,
    against: string,
    other: string,
    measure: Claim['measure'],
    target?: Target,
  ): Claim => ({
    ...{ what, subject, against, unit: 'times', needs: [ours, other], measure },
    ...(target && { target }),
  });
  const claims = [
    times(
      'IFD only, rows/s',
      'Hugging Face, fp32',
      'hf',
      speedRatio(ours, 'hf'),
      isQuantized ? { direction: 'at least', done: 2.5, aim: 4 } : { direction: 'at least', done: 1.6 },
    ),
    times(
      'tokens/s, head included',
      'prebuilt prefill + head',
      stock,
      speedRatioWithHead(ours, stock, model.cost, 0),
      { direction: 'at least', done: 1.5, aim: 3 },
    ),
    times(
      'tokens/s',
      'controlledEvaluate',
      `node-probabilities ${type}`,
      speedRatio(ours, `node-probabilities ${type}`),
      {
        direction: 'at least',
        done: 12,
        aim: 20,
      },
    ),
    times(
      'tokens/s',
      'stock prefill, same back end',
      `prefill ${type}`,
      speedRatio(ours, `prefill ${type}`),
      {
        direction: 'at least',
        done: 2,
        aim: 3.5,
      },
    ),
    times(
      'tokens/s, head included',
      'stock prefill, same back end, + head',
      `prefill ${type}`,
      speedRatioWithHead(ours, `prefill ${type}`, model.cost, 1),
    ),
  ];
  return [
    ...claims,
    {
      what: 'achieved rate of the forward pass',
      subject,
      against: 'SGEMM peak',
      unit: 'percent',
      needs: [ours, 'sgemm'],
      measure: shareOfPeak(ours, model.cost),
      target: isQuantized
        ? { direction: 'at least', done: 60, aim: 100 }
        : { direction: 'at least', done: 60 },
    },
    {
      what: 'peak memory beyond the weights',
      subject,
      against: '',
      unit: 'megabytes',
      needs: [ours],
      measure: memoryBeyond(model, ours),
      target: { direction: 'at most', done: 600 },
    },
  ];
}
