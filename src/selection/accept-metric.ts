import type { Metric } from '../domain/score.js';
import type { Measurement } from './measurement.js';
import type { SelectionPolicy } from './selection-policy.js';

/** Why a variant does not pass the final filter. */
export const FILTER_FAILURES = ['rifd_missing', 'rifd_too_high', 'ifd_missing', 'ifd_too_high'] as const;
export type FilterFailure = (typeof FILTER_FAILURES)[number];
export type FilterVerdict = 'passed' | FilterFailure;

/** The final filter for one metric: strictly below its threshold. A missing score never passes. */
export function acceptMetric(
  metric: Metric,
  score: Measurement,
  { maxIfd, maxRifd }: Pick<SelectionPolicy, 'maxIfd' | 'maxRifd'>,
): FilterVerdict {
  if (score.kind === 'missing') return `${metric}_missing`;
  const threshold = metric === 'ifd' ? maxIfd : maxRifd;
  return score.value < threshold ? 'passed' : `${metric}_too_high`;
}
