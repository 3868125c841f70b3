import type { PythonEnvironment } from '../baselines/environment.js';
import type { TrialResult } from '../trial/task.js';
import { largestDisagreement } from './disagreement.js';
import { tokensPerSecond } from './figures.js';
import { type Finding, judge } from './judge.js';
import { runRounds } from './run-rounds.js';
import { runTrial } from './run-trial.js';
import type { Entry, Round, Study } from './study.js';

/** In nats, of a sample's mean loss: more than quantized weights or activations make of it. */
const MOST_DISAGREEMENT = 0.05;

export interface StudySetting {
  readonly metrics: readonly ('ifd' | 'rifd')[];
  readonly threads: number;
  readonly python: PythonEnvironment | undefined;
}

/** All there is to say about a study that was made. */
export interface StudyResult {
  readonly study: Study;
  readonly rounds: readonly Round[];
  readonly findings: readonly Finding[];
  /** See {@link largestDisagreement}. */
  readonly disagreement: number;
}

/** Runs a study. Rejects when an entry fails or scores something else than the others. */
export async function runStudy(
  study: Study,
  { metrics, threads, python }: StudySetting,
): Promise<StudyResult> {
  const rounds = await runRounds(study, {
    run: ({ contender, model, rows, prompts }) =>
      runTrial({ contender, model: model.path, rows, prompts, metrics, threads }, python),
    onTrial: (entry, round, result) =>
      console.error(`${study.name}, ${describe(study, entry, round, result)}`),
  });
  const disagreement = largestDisagreement(rounds);
  if (disagreement > MOST_DISAGREEMENT) {
    throw new Error(
      `${study.name}: losses differ by up to ${disagreement} nats: the entries did not score the same`,
    );
  }
  return { study, rounds, findings: study.claims.map((claim) => judge(claim, rounds)), disagreement };
}

function describe({ rounds }: Study, { name }: Entry, round: number, result: TrialResult): string {
  const when = round === 0 ? 'warm-up' : `round ${round} of ${rounds}`;
  const speed = result.tokens === 0 ? '' : ` ${tokensPerSecond(result).toFixed(0)} tokens/s in`;
  return `${when}: ${name}${speed} ${result.seconds.toFixed(1)} s`;
}
