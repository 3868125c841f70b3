import type { TrialResult } from '../../../bench/trial/task.js';

/** A trial of 1000 tokens in one second, but for what the test says. */
export function trialResult(changes: Partial<TrialResult> = {}): TrialResult {
  return { seconds: 1, tokens: 1000, losses: [], facts: {}, peakBytes: 260 * 2 ** 20, ...changes };
}
