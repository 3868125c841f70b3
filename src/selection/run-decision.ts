import { decide, type ScoreNeed } from './decide.js';
import type { Decision } from './decision.js';
import type { Measurement, VariantScores } from './measurement.js';
import { DEFAULT_POLICY, type SelectionPolicy } from './selection-policy.js';

/** Decides a row all of whose scores are known. */
export function decideEagerly(scores: VariantScores, policy: SelectionPolicy = DEFAULT_POLICY): Decision {
  const process = decide(policy);
  let step = process.next();
  while (!step.done) step = process.next(scores[step.value.variant][step.value.metric]);
  return step.value;
}

/** Decides a row whose scores, and the reflections they are of, are made when `scoreOf` is asked for them. */
export async function decideLazily(
  scoreOf: (need: ScoreNeed) => Measurement | Promise<Measurement>,
  policy: SelectionPolicy = DEFAULT_POLICY,
): Promise<Decision> {
  const process = decide(policy);
  let step = process.next();
  while (!step.done) step = process.next(await scoreOf(step.value));
  return step.value;
}
