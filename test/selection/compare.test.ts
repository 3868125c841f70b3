import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideInstruction, decideResponse } from '../../src/selection/compare.js';
import { anyMeasurement, missing, value } from './score-arbitraries.js';

describe('decideInstruction', () => {
  it.each([
    ['a higher IFD', value(0.5), value(0.6), true, 'better'],
    ['a lower IFD', value(0.5), value(0.4), false, 'worse'],
    ['an equal IFD', value(0.5), value(0.5), false, 'tie'],
    ['an unscorable original', missing(), value(0.1), true, 'only_reflected_scored'],
    ['an unscorable candidate', value(0.5), missing(), false, 'reflected_unscorable'],
    ['no candidate', value(0.5), missing('no_candidate'), false, 'no_candidate'],
    ['nothing scorable', missing(), missing(), false, 'reflected_unscorable'],
    ['an unscorable original and no candidate', missing(), missing('no_candidate'), false, 'no_candidate'],
  ] as const)('with %s', (_, original, candidate, reflectedWins, reason) => {
    expect(decideInstruction(original, candidate)).toEqual({ reflectedWins, reason });
  });
});

describe('decideResponse', () => {
  it('prefers the lower r-IFD: its answer is that of decideInstruction with values negated', () => {
    const negated = (score: ReturnType<typeof value>) =>
      score.kind === 'value' ? value(-score.value) : score;
    fc.assert(
      fc.property(anyMeasurement, anyMeasurement, (base, candidate) => {
        expect(decideResponse(base, candidate)).toEqual(decideInstruction(negated(base), negated(candidate)));
      }),
    );
  });

  it('lets the lower one win and keeps the base in a tie', () => {
    expect(decideResponse(value(0.5), value(0.4))).toEqual({ reflectedWins: true, reason: 'better' });
    expect(decideResponse(value(0.5), value(0.5))).toEqual({ reflectedWins: false, reason: 'tie' });
  });

  it('never lets a missing score win', () => {
    fc.assert(
      fc.property(anyMeasurement, (base) => {
        expect(decideResponse(base, missing()).reflectedWins).toBe(false);
        expect(decideInstruction(base, missing()).reflectedWins).toBe(false);
      }),
    );
  });
});
