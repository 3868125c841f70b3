import type { Sample } from '../../domain/sample.js';
import { METRICS, type Metric, type MetricScore } from '../../domain/score.js';
import { type DecisionProcess, decide, type ScoreNeed } from '../../selection/decide.js';
import type { Decision } from '../../selection/decision.js';
import { type Measurement, measurementOf } from '../../selection/measurement.js';
import type { SelectionPolicy } from '../../selection/selection-policy.js';
import { RESPONSE_REFLECTED, VARIANTS, type Variant } from '../../selection/variant.js';
import { reflectOn } from '../reflections/reflect-on.js';
import type { ReflectedVariant, Reflection, ReflectionSource } from '../reflections/reflection.js';
import { type DecidedTurn, variantSample } from './decided-turn.js';
import { type RecycledTurn, scorableWith } from './recycled-turn.js';
import type { ScoringNeed } from './student-scores.js';
import { turnIdentity } from './turn-identity.js';

/** Every metric of every variant, each variant after the one it is made of. */
const ALL_NEEDS: readonly ScoreNeed[] = VARIANTS.flatMap((variant) =>
  METRICS.map((metric) => ({ variant, metric })),
);

/** A turn on its way to a decision: what it needs next, and what it has got. */
export class DecidingTurn {
  readonly turn: RecycledTurn;
  readonly #identity: string;
  readonly #process: DecisionProcess;
  readonly #reflections: Partial<Record<ReflectedVariant, Reflection>> = {};
  readonly #scores: Partial<Record<Variant, Partial<Record<Metric, MetricScore>>>> = {};
  readonly #known = new Map<string, Measurement>();
  #need: ScoreNeed | undefined;
  #decision: Decision | undefined;

  constructor(turn: RecycledTurn, policy: SelectionPolicy) {
    this.turn = turn;
    this.#identity = turnIdentity(turn);
    this.#process = decide(policy);
    this.#advance();
  }

  get isDecided(): boolean {
    return this.#decision !== undefined;
  }

  /** What to find out next. A comparison's two sides belong together: they share forward passes and batches. */
  nextNeeds(eager: boolean): readonly ScoreNeed[] {
    if (this.#need === undefined) return [];
    const wanted = eager ? ALL_NEEDS : [this.#need, ...oppositeOf(this.#need)];
    return wanted.filter((need) => !this.#known.has(keyOf(need)));
  }

  /** Has a variant made, and what it is made of, unless that was done before. */
  async obtain(variant: Variant, source: ReflectionSource): Promise<Sample | undefined> {
    if (variant === 'original') return this.turn.sample;
    if (this.#reflections[variant] === undefined) {
      const base = await this.obtain(variant === 'both' ? 'instruction' : 'original', source);
      if (base === undefined) return undefined;
      this.#reflections[variant] ??= await reflectOn(this.turn, variant, base, source);
    }
    return variantSample(this.turn, this.#reflections, variant);
  }

  /** A metric to be computed of a variant's text. */
  scoring(metric: Metric, sample: Sample): ScoringNeed {
    return { turnIdentity: this.#identity, metric, sample, scorable: scorableWith(this.turn, sample) };
  }

  /** Takes the score of a variant, undefined when there is no such variant. */
  take({ variant, metric }: ScoreNeed, score: MetricScore | undefined): void {
    if (score !== undefined) {
      this.#scores[variant] ??= {};
      this.#scores[variant][metric] = score;
    }
    const measured: Measurement =
      score === undefined ? { kind: 'missing', reason: 'no_candidate' } : measurementOf(score);
    this.#known.set(keyOf({ variant, metric }), measured);
    this.#advance();
  }

  /** @throws {TypeError} while nothing is decided. */
  decided(): DecidedTurn {
    if (this.#decision === undefined) throw new TypeError('the turn is not decided');
    const { turn } = this;
    return { turn, decision: this.#decision, reflections: this.#reflections, scores: this.#scores };
  }

  /** Takes the decision as far as what is known allows. */
  #advance(): void {
    while (this.#decision === undefined) {
      const known = this.#need && this.#known.get(keyOf(this.#need));
      if (this.#need !== undefined && known === undefined) return;
      // The first step of a generator takes no value.
      const step = known === undefined ? this.#process.next() : this.#process.next(known);
      if (step.done) this.#decision = step.value;
      this.#need = step.done ? undefined : step.value;
    }
  }
}

/** The other side of the comparison that asks for a score of this one first. */
function oppositeOf({ variant, metric }: ScoreNeed): readonly ScoreNeed[] {
  if (metric === 'ifd') return variant === 'original' ? [{ variant: 'instruction', metric }] : [];
  return variant === 'original' || variant === 'instruction'
    ? [{ variant: RESPONSE_REFLECTED[variant], metric }]
    : [];
}

function keyOf({ variant, metric }: ScoreNeed): string {
  return `${variant} ${metric}`;
}
