import type { Claim, Entry, Round } from '../../../bench/study/study.js';
import type { TrialResult } from '../../../bench/trial/task.js';

export const MODEL = { name: 'model', path: 'model.gguf', bytes: 250e6, cost: { body: 100, head: 50 } };

/** A trial of a thousand tokens in a second, but for what is given. */
export function trialResult(given: Partial<TrialResult> = {}): TrialResult {
  return {
    seconds: 1,
    tokens: 1000,
    rows: 10,
    losses: [],
    facts: {},
    peakBytes: 300e6,
    othersShare: 0,
    ...given,
  };
}

export function entry(name: string, given: Partial<Entry> = {}): Entry {
  return {
    ...{ name, contender: 'ours', model: MODEL, prompts: 4 },
    rows: { data: 'rows.jsonl', count: 24, every: 1 },
    ...given,
  };
}

export function round(results: Readonly<Record<string, Partial<TrialResult>>>): Round {
  return new Map(Object.entries(results).map(([name, given]) => [name, trialResult(given)]));
}

export function claim(given: Partial<Claim> = {}): Claim {
  return {
    ...{ what: 'tokens/s', subject: 'a model', against: 'other', unit: 'times', needs: ['ours', 'other'] },
    measure: () => 1,
    ...given,
  };
}
