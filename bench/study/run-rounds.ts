import type { TrialResult } from '../trial/task.js';
import type { Entry, Round, Study } from './study.js';

/** Below this the clock, the scheduler and the first allocation show more than the contender. */
const LEAST_SECONDS = 0.1;

export interface RoundsOptions {
  readonly run: (entry: Entry) => Promise<TrialResult>;
  readonly onTrial?: (entry: Entry, round: number, result: TrialResult) => void;
}

/**
 * Every entry once a round, so that a machine that slows down or speeds up does so for all of them. Round 0, with little
 * work, fills the file cache and wakes the processor; its results are dropped. Rejects when a trial is too short to be
 * measured.
 */
export async function runRounds(
  { entries, rounds }: Pick<Study, 'entries' | 'rounds'>,
  { run, onTrial }: RoundsOptions,
): Promise<readonly Round[]> {
  const counted: Round[] = [];
  for (let number = 0; number <= rounds; number++) {
    const results = new Map<string, TrialResult>();
    for (const entry of entries) {
      const result = await run(number === 0 ? withLittleWork(entry) : entry);
      if (number > 0) requireLength(entry, result);
      onTrial?.(entry, number, result);
      results.set(entry.name, result);
    }
    if (number > 0) counted.push(results);
  }
  return counted;
}

function withLittleWork(entry: Entry): Entry {
  const { rows, prompts } = entry;
  return {
    ...entry,
    rows: { ...rows, count: Math.min(rows.count, rows.every) },
    prompts: Math.min(prompts, 1),
  };
}

function requireLength({ name }: Entry, { seconds }: TrialResult): void {
  if (seconds >= LEAST_SECONDS) return;
  throw new Error(
    `${name} took ${(seconds * 1000).toFixed(1)} ms, too short to be measured: give it more --rows`,
  );
}
