import fc from 'fast-check';
import type { Metric } from '../../src/domain/score.js';
import { FILTER_FAIL_POLICIES, KEEP_POLICIES } from '../../src/options/choices.js';
import type { Measurement, MissingReason, VariantScores } from '../../src/selection/measurement.js';
import { selectionPolicy } from '../../src/selection/selection-policy.js';
import type { Variant } from '../../src/selection/variant.js';

export const value = (number: number): Measurement => ({ kind: 'value', value: number });
export const missing = (reason: MissingReason = 'not_finite'): Measurement => ({ kind: 'missing', reason });

/** Few distinct values, so that ties and scores on the threshold are common. */
export const anyMeasurement: fc.Arbitrary<Measurement> = fc.oneof(
  fc.constantFrom(0.25, 0.5, 0.75, 1, 1.5).map(value),
  fc.double({ min: 1e-6, max: 3, noNaN: true }).map(value),
  fc.constantFrom<MissingReason>('no_candidate', 'prompt_too_long', 'not_recorded').map(missing),
);

const anyPair = fc.record({ ifd: anyMeasurement, rifd: anyMeasurement });
export const anyScores: fc.Arbitrary<VariantScores> = fc.record({
  original: anyPair,
  instruction: anyPair,
  response: anyPair,
  both: anyPair,
});

export const anyPolicy = fc
  .record({
    maxIfd: fc.constantFrom(0.75, 1, Number.POSITIVE_INFINITY),
    maxRifd: fc.constantFrom(0.75, 1, Number.POSITIVE_INFINITY),
    keep: fc.constantFrom(...KEEP_POLICIES),
    onFilterFail: fc.constantFrom(...FILTER_FAIL_POLICIES),
  })
  .map(selectionPolicy);

/** All four variants' scores: those given, and missing ones for the rest. */
export function scoresOf(
  given: Partial<Record<Variant, Partial<Record<Metric, Measurement>>>>,
): VariantScores {
  const pair = (variant: Variant) => ({ ifd: missing(), rifd: missing(), ...given[variant] });
  return {
    original: pair('original'),
    instruction: pair('instruction'),
    response: pair('response'),
    both: pair('both'),
  };
}
