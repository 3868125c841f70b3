import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FILTER_FAIL_POLICIES, KEEP_POLICIES } from '../../src/options/choices.js';
import type { ScoreNeed } from '../../src/selection/decide.js';
import type { Decision } from '../../src/selection/decision.js';
import type { Measurement, VariantScores } from '../../src/selection/measurement.js';
import { decideEagerly, decideLazily } from '../../src/selection/run-decision.js';
import { type SelectionPolicy, selectionPolicy } from '../../src/selection/selection-policy.js';
import { VARIANTS, type Variant } from '../../src/selection/variant.js';
import { anyMeasurement, anyPolicy, anyScores, missing, scoresOf, value } from './score-arbitraries.js';

/** Outcome or reason of rejection. */
const verdictOf = (decision: Decision): string =>
  decision.kind === 'selected' ? decision.outcome : decision.reason;

const KEEP_ALL = selectionPolicy({ keep: 'all' });

/** `[ifd, rifd]` of each variant as the published table names them; null is a missing score. */
const row = (...pairs: readonly (readonly [number | null, number | null])[]): VariantScores => {
  const score = (number: number | null | undefined) => (number == null ? missing() : value(number));
  return scoresOf(
    Object.fromEntries(
      VARIANTS.map((variant, i) => [variant, { ifd: score(pairs[i]?.[0]), rifd: score(pairs[i]?.[1]) }]),
    ),
  );
};

describe('the decision table', () => {
  it.each([
    // original, instruction, response, both; then the verdict keeping all and keeping reflected responses
    ['1: both', [0.5, 0.5], [0.6, 0.5], [0.1, 0.1], [0.7, 0.4], 'both', 'both'],
    [
      '2: response worse',
      [0.5, 0.5],
      [0.6, 0.5],
      [0.1, 0.1],
      [0.7, 0.6],
      'instruction',
      'response_not_better',
    ],
    ['2: tie', [0.5, 0.5], [0.6, 0.5], [0.1, 0.1], [0.7, 0.5], 'instruction', 'response_not_better'],
    ['2: missing', [0.5, 0.5], [0.6, 0.5], [0.1, 0.1], [0.7, null], 'instruction', 'response_unscorable'],
    ['3: response', [0.5, 0.5], [0.4, 0.1], [0.9, 0.4], [0.1, 0.1], 'response', 'response'],
    ['3: tie in step 1', [0.5, 0.5], [0.5, 0.1], [0.9, 0.4], [0.1, 0.1], 'response', 'response'],
    ['3: missing in step 1', [0.5, 0.5], [null, 0.1], [0.9, 0.4], [0.1, 0.1], 'response', 'response'],
    ['4: response worse', [0.5, 0.5], [0.4, 0.1], [0.9, 0.6], [0.1, 0.1], 'original', 'response_not_better'],
    ['4: tie', [0.5, 0.5], [0.4, 0.1], [0.9, 0.5], [0.1, 0.1], 'original', 'response_not_better'],
    ['5: IFD on the threshold', [0.5, 0.5], [0.6, 0.5], [0.1, 0.1], [1, 0.4], 'ifd_too_high', 'ifd_too_high'],
    ['5: IFD missing', [0.5, 0.5], [0.6, 0.5], [0.1, 0.1], [null, 0.4], 'ifd_missing', 'ifd_missing'],
    [
      '5: r-IFD on the threshold',
      [0.5, 2],
      [0.4, 0.1],
      [0.5, 1],
      [0.1, 0.1],
      'rifd_too_high',
      'rifd_too_high',
    ],
    [
      '5: r-IFD missing',
      [0.5, null],
      [0.4, 0.1],
      [0.5, null],
      [0.1, 0.1],
      'rifd_missing',
      'response_unscorable',
    ],
    ['unscorable original', [null, null], [0.4, 0.5], [0.5, 0.1], [0.6, 0.4], 'both', 'both'],
    ['only a response', [null, null], [null, null], [0.5, 0.1], [null, null], 'response', 'response'],
    [
      'nothing scorable',
      [null, null],
      [null, null],
      [null, null],
      [null, null],
      'rifd_missing',
      'response_unscorable',
    ],
  ] as const)('row %s', (_, original, instruction, response, both, keepingAll, keepingReflected) => {
    const scores = row(original, instruction, response, both);
    expect(verdictOf(decideEagerly(scores, KEEP_ALL))).toBe(keepingAll);
    expect(verdictOf(decideEagerly(scores))).toBe(keepingReflected);
  });

  it('counts a response that was never made apart from one the student refuses', () => {
    const scores = scoresOf({
      original: { ifd: value(0.5), rifd: value(0.5) },
      instruction: { ifd: missing('no_candidate') },
      response: { rifd: missing('no_candidate') },
    });
    expect(decideEagerly(scores)).toMatchObject({
      kind: 'rejected',
      winner: 'original',
      reason: 'no_response_candidate',
      evidence: {
        steps: [
          { kind: 'instruction', chosen: 'original', reason: 'no_candidate' },
          { kind: 'response', base: 'original', chosen: 'original', reason: 'no_candidate' },
        ],
      },
    });
  });

  /** The table once more, without steps or laziness: what wins against what, written out for all policies. */
  function expectedVerdict(scores: VariantScores, policy: SelectionPolicy): string {
    const number = (score: Measurement) => (score.kind === 'value' ? score.value : undefined);
    const ifd = (variant: Variant) => number(scores[variant].ifd);
    const rifd = (variant: Variant) => number(scores[variant].rifd);
    const ranked = (base: Variant, reflected: Variant): [Variant, Variant] =>
      (rifd(reflected) ?? Number.POSITIVE_INFINITY) < (rifd(base) ?? Number.POSITIVE_INFINITY)
        ? [reflected, base]
        : [base, reflected];
    const mayKeep = (variant: Variant) =>
      policy.keep === 'all' || !['original', 'instruction'].includes(variant);
    const failure = (variant: Variant): string | undefined => {
      const [i, r] = [ifd(variant), rifd(variant)];
      if (r === undefined) return 'rifd_missing';
      if (r >= policy.maxRifd) return 'rifd_too_high';
      if (i === undefined) return 'ifd_missing';
      return i >= policy.maxIfd ? 'ifd_too_high' : undefined;
    };
    const branches: [Variant, Variant][] = [ranked('original', 'response'), ranked('instruction', 'both')];
    if ((ifd('instruction') ?? 0) > (ifd('original') ?? 0)) branches.reverse();

    const [[winner, loser], [otherWinner, otherLoser]] = branches as [[Variant, Variant], [Variant, Variant]];
    if (!mayKeep(winner)) {
      const response = scores[loser].rifd;
      if (response.kind === 'value') return 'response_not_better';
      return response.reason === 'no_candidate' ? 'no_response_candidate' : 'response_unscorable';
    }
    const order = [winner];
    if (policy.onFilterFail === 'next-best') {
      order.push(loser);
      if (mayKeep(otherWinner)) order.push(otherWinner, otherLoser);
    }
    const accepted = order.find((variant) => mayKeep(variant) && failure(variant) === undefined);
    return accepted ?? (failure(winner) as string);
  }

  it.each(
    KEEP_POLICIES.flatMap((keep) => FILTER_FAIL_POLICIES.map((onFilterFail) => ({ keep, onFilterFail }))),
  )(
    'is followed for every order of scores, ties and missing ones included: $keep, $onFilterFail',
    (options) => {
      const policy = selectionPolicy(options);
      const levels = [missing(), value(0.4), value(0.8), value(1)];
      const pick = (digits: number, position: number) => levels[(digits >> (2 * position)) & 3]!;
      for (let digits = 0; digits < 4 ** 8; digits++) {
        const scores: VariantScores = {
          original: { ifd: pick(digits, 0), rifd: pick(digits, 1) },
          instruction: { ifd: pick(digits, 2), rifd: pick(digits, 3) },
          response: { ifd: pick(digits, 4), rifd: pick(digits, 5) },
          both: { ifd: pick(digits, 6), rifd: pick(digits, 7) },
        };
        const verdict = verdictOf(decideEagerly(scores, policy));
        // A call of expect for each of the 65536 rows would take most of a minute.
        if (verdict !== expectedVerdict(scores, policy)) {
          expect({ scores, verdict }).toEqual({ scores, verdict: expectedVerdict(scores, policy) });
        }
      }
    },
  );

  it('is followed for any scores under any policy', () => {
    fc.assert(
      fc.property(anyScores, anyPolicy, (scores, policy) => {
        expect(verdictOf(decideEagerly(scores, policy))).toBe(expectedVerdict(scores, policy));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a decision', () => {
  it('rests on exactly the scores it asked for, each asked for once', async () => {
    await fc.assert(
      fc.asyncProperty(anyScores, anyPolicy, async (scores, policy) => {
        const asked: ScoreNeed[] = [];
        const lazy = await decideLazily(async (need) => {
          asked.push(need);
          return scores[need.variant][need.metric];
        }, policy);

        const used = Object.entries(lazy.evidence.scores).flatMap(([variant, metrics]) =>
          Object.entries(metrics).map(([metric, score]) => ({ variant, metric, score })),
        );
        expect(used).toHaveLength(asked.length);
        expect(used).toEqual(
          expect.arrayContaining(
            asked.map(({ variant, metric }) => ({ variant, metric, score: scores[variant][metric] })),
          ),
        );
      }),
    );
  });

  it('is the same when scores are made on demand, whatever those it did not ask for are', async () => {
    await fc.assert(
      fc.asyncProperty(anyScores, anyScores, anyPolicy, async (scores, others, policy) => {
        const lazy = await decideLazily(async ({ variant, metric }) => scores[variant][metric], policy);
        expect(decideEagerly(scores, policy)).toEqual(lazy);

        const used = lazy.evidence.scores;
        const mixed = Object.fromEntries(
          VARIANTS.map((variant) => [variant, { ...others[variant], ...used[variant] }]),
        ) as VariantScores;
        expect(decideEagerly(mixed, policy)).toEqual(lazy);
      }),
    );
  });

  it('never accepts a variant without both scores', () => {
    fc.assert(
      fc.property(anyScores, anyPolicy, (scores, policy) => {
        const decision = decideEagerly(scores, policy);
        if (decision.kind === 'rejected') return;
        const { ifd, rifd } = scores[decision.outcome];
        expect([ifd.kind, rifd.kind]).toEqual(['value', 'value']);
      }),
    );
  });

  it('takes 7 or 9 passes of the student when nothing is missing and losers are dropped', async () => {
    const scored = anyMeasurement.filter((score) => score.kind === 'value');
    const pair = fc.record({ ifd: scored, rifd: scored });
    const allScored = fc.record({ original: pair, instruction: pair, response: pair, both: pair });
    const seen = new Set<number>();
    await fc.assert(
      fc.asyncProperty(allScored, fc.constantFrom(...KEEP_POLICIES), async (scores, keep) => {
        const passes = new Set<string>();
        await decideLazily(({ variant, metric }) => {
          const reflectedInstruction = variant === 'instruction' || variant === 'both';
          passes.add(`${metric} conditioned ${variant}`);
          // The instruction alone, which r-IFD divides by, is common to a base and its reflected response.
          passes.add(`${metric} direct ${metric === 'ifd' ? variant : reflectedInstruction}`);
          return scores[variant][metric];
        }, selectionPolicy({ keep }));
        seen.add(passes.size);
      }),
    );
    expect([...seen].sort()).toEqual([7, 9]);
  });

  it('tells the branch it took, step by step', () => {
    const scores = row([0.5, 0.5], [0.6, 0.7], [0.8, 0.4], [1.2, 0.6]);
    expect(decideEagerly(scores, selectionPolicy({ onFilterFail: 'next-best' }))).toEqual({
      kind: 'selected',
      outcome: 'response',
      evidence: {
        scores: {
          original: { ifd: value(0.5), rifd: value(0.5) },
          instruction: { ifd: value(0.6), rifd: value(0.7) },
          response: { ifd: value(0.8), rifd: value(0.4) },
          both: { ifd: value(1.2), rifd: value(0.6) },
        },
        steps: [
          { kind: 'instruction', chosen: 'instruction', reason: 'better' },
          { kind: 'response', base: 'instruction', chosen: 'both', reason: 'better' },
          { kind: 'filter', variant: 'both', verdict: 'ifd_too_high' },
          { kind: 'response', base: 'original', chosen: 'response', reason: 'better' },
          { kind: 'filter', variant: 'response', verdict: 'passed' },
        ],
      },
    });
  });
});
