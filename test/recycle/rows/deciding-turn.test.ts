import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Metric, type MetricScore, scoredMetric } from '../../../src/domain/score.js';
import type {
  ReflectedVariant,
  Reflection,
  ReflectionSource,
} from '../../../src/recycle/reflections/reflection.js';
import type { DecidedTurn } from '../../../src/recycle/rows/decided-turn.js';
import { DecidingTurn } from '../../../src/recycle/rows/deciding-turn.js';
import type { Measurement, VariantScores } from '../../../src/selection/measurement.js';
import { decideEagerly } from '../../../src/selection/run-decision.js';
import { DEFAULT_POLICY, type SelectionPolicy } from '../../../src/selection/selection-policy.js';
import type { Variant } from '../../../src/selection/variant.js';
import { anyPolicy, anyScores } from '../../selection/score-arbitraries.js';
import { turnOf } from './turns.js';

const SAMPLE = { instruction: 'Name a colour.', input: '', output: 'Red.' };
const TURN = turnOf(SAMPLE);

/** A score whose ratio is the given one. */
function scoreFor(measured: Measurement): MetricScore {
  if (measured.kind === 'missing') {
    return { kind: 'unscorable', reason: 'not_finite', detail: 'Overflow.', truncated: false };
  }
  const span = (sumLogprob: number) => ({ sumLogprob, tokenCount: 1 });
  return scoredMetric(span(-Math.log(measured.value)), span(0), false);
}

/** What a score is worth once it has been through logarithm and exponential. */
function settle(scores: VariantScores, existing: ReadonlySet<Variant>): VariantScores {
  const settled = (variant: Variant, metric: Metric): Measurement => {
    if (!existing.has(variant)) return { kind: 'missing', reason: 'no_candidate' };
    const measured = scores[variant][metric];
    if (measured.kind === 'missing') return { kind: 'missing', reason: 'not_finite' };
    return { kind: 'value', value: Math.exp(Math.log(measured.value)) };
  };
  const pair = (variant: Variant) => ({ ifd: settled(variant, 'ifd'), rifd: settled(variant, 'rifd') });
  return {
    original: pair('original'),
    instruction: pair('instruction'),
    response: pair('response'),
    both: pair('both'),
  };
}

interface Played {
  readonly decided: DecidedTurn;
  readonly reflected: readonly ReflectedVariant[];
  readonly steps: number;
}

async function play(
  scores: VariantScores,
  policy: SelectionPolicy,
  existing: ReadonlySet<Variant>,
  eager: boolean,
): Promise<Played> {
  const reflected: ReflectedVariant[] = [];
  const source: ReflectionSource = {
    async reflect(_turn, variant): Promise<Reflection> {
      reflected.push(variant);
      return existing.has(variant) ? { kind: 'candidate', sample: SAMPLE } : { kind: 'unchanged' };
    },
  };
  const deciding = new DecidingTurn(TURN, policy);
  let steps = 0;
  for (; !deciding.isDecided; steps++) {
    for (const need of deciding.nextNeeds(eager)) {
      const sample = await deciding.obtain(need.variant, source);
      deciding.take(need, sample && scoreFor(scores[need.variant][need.metric]));
    }
  }
  return { decided: deciding.decided(), reflected, steps };
}

const anyExisting = fc
  .subarray(['instruction', 'response', 'both'] as const)
  // There is no reflected response to an instruction that does not exist.
  .map((made) => new Set<Variant>(made.includes('instruction') ? made : made.filter((v) => v !== 'both')))
  .map((made) => made.add('original'));

describe('a turn in deciding', () => {
  it('is decided as if all scores had been there, lazily and eagerly', async () => {
    await fc.assert(
      fc.asyncProperty(anyScores, anyPolicy, anyExisting, async (scores, policy, existing) => {
        const expected = decideEagerly(settle(scores, existing), policy);
        for (const eager of [false, true]) {
          const { decided, reflected } = await play(scores, policy, existing, eager);
          expect(decided.decision).toEqual(expected);
          expect(new Set(reflected).size).toBe(reflected.length);
        }
      }),
    );
  });

  it('takes two candidates and at most three steps under the published policy', async () => {
    const all = new Set<Variant>(['original', 'instruction', 'response', 'both']);
    await fc.assert(
      fc.asyncProperty(anyScores, async (scores) => {
        const { reflected, steps } = await play(scores, DEFAULT_POLICY, all, false);
        expect(reflected).toHaveLength(2);
        expect(steps).toBeLessThanOrEqual(3);
      }),
    );
  });
});
