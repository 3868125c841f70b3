import { spreadOf } from '../report/statistics.js';
import type { StudyResult } from './run-study.js';

/** What other processes took of the machine during the trials that count: the median and the worst of them. */
export function describeOthers(results: readonly Pick<StudyResult, 'rounds'>[]): string {
  const shares = results
    .flatMap(({ rounds }) => rounds.flatMap((round) => [...round.values()]))
    .map(({ othersShare }) => othersShare)
    .filter((share) => share !== null);
  if (shares.length === 0) return 'an unknown share';
  const { median, max } = spreadOf(shares);
  return `${percent(median)} (at worst ${percent(max)})`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}
