import type { Measurement } from './measurement.js';

/** Why a comparison went the way it did. Only the first two let the reflected side win. */
export const COMPARISON_REASONS = [
  /** The reflected side is strictly better. */
  'better',
  /** Only the reflected side could be scored. */
  'only_reflected_scored',
  /** Both are equal; what was there stays. */
  'tie',
  /** The reflected side is strictly worse. */
  'worse',
  /** The reflected side exists but could not be scored. */
  'reflected_unscorable',
  /** There is no reflected side. */
  'no_candidate',
] as const;
export type ComparisonReason = (typeof COMPARISON_REASONS)[number];

export interface Comparison {
  readonly reflectedWins: boolean;
  readonly reason: ComparisonReason;
}

/** Step 1: the reflected instruction wins by a strictly higher IFD, i.e. by leaving the student more to learn. */
export function decideInstruction(originalIfd: Measurement, candidateIfd: Measurement): Comparison {
  return compare(originalIfd, candidateIfd, (candidate, original) => candidate > original);
}

/** Step 2: the reflected response wins by a strictly lower r-IFD, i.e. by fitting the instruction better. */
export function decideResponse(baseRifd: Measurement, candidateRifd: Measurement): Comparison {
  return compare(baseRifd, candidateRifd, (candidate, base) => candidate < base);
}

/** A missing score never wins: against one, any score does; of two, what was there stays. */
function compare(
  current: Measurement,
  reflected: Measurement,
  isBetter: (reflected: number, current: number) => boolean,
): Comparison {
  if (reflected.kind === 'missing') {
    const exists = reflected.reason !== 'no_candidate';
    return { reflectedWins: false, reason: exists ? 'reflected_unscorable' : 'no_candidate' };
  }
  if (current.kind === 'missing') return { reflectedWins: true, reason: 'only_reflected_scored' };
  if (isBetter(reflected.value, current.value)) return { reflectedWins: true, reason: 'better' };
  return { reflectedWins: false, reason: reflected.value === current.value ? 'tie' : 'worse' };
}
