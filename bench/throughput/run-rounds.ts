import type { ContenderName, TrialResult, TrialTask } from '../trial/task.js';

/** Below this the clock, the scheduler and the first allocation show more than the contender. */
const LEAST_SECONDS = 0.1;

/** The trials of each contender, in the order of the rounds. */
export type Trials = ReadonlyMap<ContenderName, readonly TrialResult[]>;

export interface Rounds {
  readonly contenders: readonly ContenderName[];
  /** Rounds that count; one before them does not. */
  readonly trials: number;
  readonly task: Omit<TrialTask, 'contender'>;
  readonly run: (task: TrialTask) => Promise<TrialResult>;
  readonly onTrial?: (contender: ContenderName, round: number, result: TrialResult) => void;
}

/**
 * Every contender once a round, so that a machine that slows down or speeds up does so for all of them. Round 0 fills
 * the file cache and wakes the processor; its results are dropped. Rejects when a trial is too short to be measured.
 */
export async function runRounds({ contenders, trials, task, run, onTrial }: Rounds): Promise<Trials> {
  const results = new Map<ContenderName, TrialResult[]>(contenders.map((contender) => [contender, []]));
  for (let round = 0; round <= trials; round++) {
    for (const contender of contenders) {
      const result = await run({ ...task, contender });
      if (result.seconds < LEAST_SECONDS) {
        const milliseconds = (result.seconds * 1000).toFixed(1);
        throw new Error(
          `${contender} took ${milliseconds} ms, too short to be measured: give it more --rows`,
        );
      }
      onTrial?.(contender, round, result);
      if (round > 0) results.get(contender)!.push(result);
    }
  }
  return results;
}
