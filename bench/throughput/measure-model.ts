import { readGgufFileInfo } from 'node-llama-cpp';
import type { BenchOptions } from '../options.js';
import type { ResolvedModel } from '../suites.js';
import { largestDisagreement, type Ratio, ratios, TARGETS, tokensPerSecond } from './compare.js';
import { type ForwardCost, forwardCost } from './forward-cost.js';
import { runRounds, type Trials } from './run-rounds.js';
import { runTrial } from './run-trial.js';

/** In nats, of a sample's mean loss: more than any two ways to compute the same thing differ by. */
const MOST_DISAGREEMENT = 0.05;

/** All there is to say about one model. */
export interface Measurement {
  readonly model: ResolvedModel;
  readonly trials: Trials;
  readonly cost: ForwardCost;
  readonly ratios: readonly Ratio[];
  /** See {@link largestDisagreement}. */
  readonly disagreement: number;
}

/** Runs all contenders on one model. Rejects when one fails or scores something else than the others. */
export async function measureModel(
  model: ResolvedModel,
  rows: number,
  { contenders, trials: rounds, data, slowRows, prompts, metrics, threads }: BenchOptions,
): Promise<Measurement> {
  const { fullTensorInfo = [] } = await readGgufFileInfo(model.path, { sourceType: 'filesystem' });
  const trials = await runRounds({
    contenders,
    trials: rounds,
    task: { model: model.path, data, rows, slowRows, metrics, prompts, threads },
    run: runTrial,
    onTrial: (contender, round, result) => {
      const name = round === 0 ? 'warm-up' : `round ${round} of ${rounds}`;
      const speed = tokensPerSecond(result).toFixed(0);
      console.error(
        `${model.name}, ${name}: ${contender} ${speed} tokens/s in ${result.seconds.toFixed(1)} s`,
      );
    },
  });
  const disagreement = largestDisagreement(trials);
  if (disagreement > MOST_DISAGREEMENT) {
    throw new Error(
      `${model.name}: the contenders' losses differ by up to ${disagreement} nats: they did not score the same`,
    );
  }
  const cost = forwardCost(fullTensorInfo);
  const targets = model.hasTargets ? TARGETS : {};
  return { model, trials, cost, ratios: ratios(trials, cost, targets), disagreement };
}
