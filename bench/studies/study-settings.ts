import { readGgufFileInfo } from 'node-llama-cpp';
import { type BenchModelName, type ResolvedModel, resolveModel } from '../models/resolve-model.js';
import { type ForwardCost, forwardCost } from '../study/forward-cost.js';
import type { Entry } from '../study/study.js';
import type { ContenderName } from '../trial/task.js';

/** What all studies of a run have in common. */
export interface StudySettings {
  readonly data: string;
  readonly rounds: number;
  /** Whether the Python contenders can take part. */
  readonly python: boolean;
}

export interface CostedModel {
  readonly model: ResolvedModel;
  readonly cost: ForwardCost;
}

export async function costedModel(nameOrPath: BenchModelName | (string & {})): Promise<CostedModel> {
  const model = await resolveModel(nameOrPath);
  const { fullTensorInfo = [] } = await readGgufFileInfo(model.path, { sourceType: 'filesystem' });
  return { model, cost: forwardCost(fullTensorInfo) };
}

/** Makes entries that take their work from one place. */
export function entriesWith(settings: Pick<StudySettings, 'data'>, work: { rows: number; prompts: number }) {
  return (name: string, contender: ContenderName, { model }: CostedModel, every = 1): Entry => ({
    name,
    contender,
    model,
    rows: { data: settings.data, count: work.rows, every },
    prompts: work.prompts,
  });
}
