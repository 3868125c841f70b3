import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurement } from '../../src/selection/measurement.js';
import { type RecordedRatios, recordedOutcome, soundOutcome } from '../../src/selection/recorded-outcome.js';
import { mapVariants } from '../../src/selection/variant.js';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
type Pair = readonly [ifd: number, rifd: number];

const row = (original: Pair, instruction: Pair, response: Pair, both: Pair) =>
  mapVariants({ original, instruction, response, both }, ([ifd, rifd]) => ({ ifd, rifd }));

const scoresOf = (recorded: ReturnType<typeof row>) =>
  mapVariants(recorded, ({ ifd, rifd }) => ({
    ifd: measurement(ifd, 'not_recorded'),
    rifd: measurement(rifd, 'not_recorded'),
  }));

describe('recordedOutcome and soundOutcome', () => {
  it.each([
    ['both', row([0.5, 0.5], [0.6, 0.5], [0.1, 0.1], [0.7, 0.4])],
    ['instruction', row([0.5, 0.5], [0.6, 0.5], [0.1, 0.1], [0.7, 0.5])],
    ['response', row([0.5, 0.5], [0.5, 0.1], [0.9, 0.4], [0.1, 0.1])],
    ['original', row([0.5, 0.5], [0.4, 0.1], [0.9, 0.5], [0.1, 0.1])],
    [undefined, row([0.5, 0.5], [0.6, 0.5], [0.1, 0.1], [1, 0.4])],
    [undefined, row([0.5, 2], [0.4, 0.1], [0.5, 1], [0.1, 0.1])],
  ] as const)('agree on %s', (outcome, recorded) => {
    expect(recordedOutcome(recorded)).toBe(outcome);
    expect(soundOutcome(scoresOf(recorded))).toBe(outcome);
  });

  it.each([
    [
      'a failed response stored as 0',
      row([0.5, 0.5], [0.4, 0.5], [0, 0], [0.6, 0.6]),
      'response',
      'original',
    ],
    ['a failed both stored as 0', row([0.5, 0.5], [0.6, 0.5], [0.5, 0.5], [0, 0]), 'both', 'instruction'],
    ['a failed original stored as 0', row([0, 0], [0.4, 0.5], [0.5, 0.1], [0.6, 0.4]), 'both', 'both'],
    ['an unscorable original', row([nan, nan], [0.6, 0.5], [0.5, 0.1], [0.6, 0.4]), undefined, 'both'],
    [
      'an unscorable instruction',
      row([0.5, 0.5], [nan, nan], [0.6, 0.4], [nan, nan]),
      'response',
      'response',
    ],
    ['an unscorable response', row([0.5, 0.5], [0.4, 0.5], [nan, nan], [0.6, 0.4]), 'original', 'original'],
    ['an infinite IFD', row([0.5, 0.5], [infinity, 0.5], [0.6, 0.4], [0.6, 0.4]), 'both', 'response'],
  ] as const)('differ or not on %s', (_, recorded, stored, sound) => {
    expect(recordedOutcome(recorded)).toBe(stored);
    expect(soundOutcome(scoresOf(recorded))).toBe(sound);
  });

  const pairOf = (number: fc.Arbitrary<number>): fc.Arbitrary<RecordedRatios> =>
    fc.record({ ifd: number, rifd: number });
  const rowOf = (pair: fc.Arbitrary<RecordedRatios>) =>
    fc.record({ original: pair, instruction: pair, response: pair, both: pair });
  const ratio = fc.oneof(fc.constantFrom(0.25, 0.5, 1), fc.double({ min: 1e-6, max: 2, noNaN: true }));

  it('agree whenever every number is sound', () => {
    fc.assert(
      fc.property(rowOf(pairOf(ratio)), (recorded) => {
        expect(soundOutcome(scoresOf(recorded))).toBe(recordedOutcome(recorded));
      }),
      { numRuns: 1000 },
    );
  });

  it('soundOutcome selects only sound numbers, whatever was stored', () => {
    const anything = fc.oneof(ratio, fc.constantFrom(0, nan, infinity, -infinity, -1));
    fc.assert(
      fc.property(rowOf(pairOf(anything)), (recorded) => {
        const outcome = soundOutcome(scoresOf(recorded));
        if (outcome === undefined) return;
        const { ifd, rifd } = recorded[outcome];
        expect(Math.min(ifd, rifd)).toBeGreaterThan(0);
        expect(Math.max(ifd, rifd)).toBeLessThan(1);
      }),
    );
  });
});
