import type { Metric } from '../domain/score.js';
import { acceptMetric, type FilterVerdict } from './accept-metric.js';
import { type ComparisonReason, decideInstruction, decideResponse } from './compare.js';
import type { Decision, DecisionStep, Evidence, RejectionReason } from './decision.js';
import type { Measurement } from './measurement.js';
import { DEFAULT_POLICY, type SelectionPolicy } from './selection-policy.js';
import { type BaseVariant, RESPONSE_REFLECTED, type Variant } from './variant.js';

/** A score a decision cannot do without. */
export interface ScoreNeed {
  readonly variant: Variant;
  readonly metric: Metric;
}

/** A decision in the making: yields each score it needs, once, and is resumed with that score. */
export type DecisionProcess = Generator<ScoreNeed, Decision, Measurement>;

/**
 * Decides what becomes of one row, asking only for the scores the decision needs. Under `drop`, and if nothing
 * is missing, these are the IFD of `original` and `instruction` (4 passes), the r-IFD of the chosen one and of its
 * reflected response (3 passes, the instruction alone being common to both), and that response's IFD if it won
 * and its r-IFD passes (2 passes): 7 or 9 passes, where scoring all four variants takes 16.
 */
export function* decide(policy: SelectionPolicy = DEFAULT_POLICY): DecisionProcess {
  return yield* new DecisionMaker(policy).decide();
}

const REJECTED_RESPONSE: Readonly<Partial<Record<ComparisonReason, RejectionReason>>> = {
  no_candidate: 'no_response_candidate',
  reflected_unscorable: 'response_unscorable',
};

class DecisionMaker {
  readonly #policy: SelectionPolicy;
  readonly #scores: Partial<Record<Variant, Partial<Record<Metric, Measurement>>>> = {};
  readonly #steps: DecisionStep[] = [];

  constructor(policy: SelectionPolicy) {
    this.#policy = policy;
  }

  *decide(): DecisionProcess {
    const base = yield* this.#chooseInstruction();
    const { winner, loser, reason } = yield* this.#chooseResponse(base);
    if (!this.#mayKeep(winner)) {
      return this.#rejected(winner, REJECTED_RESPONSE[reason] ?? 'response_not_better');
    }
    const verdict = yield* this.#filter(winner);
    if (verdict === 'passed') return this.#selected(winner);
    if (this.#policy.onFilterFail === 'next-best') {
      const substitute = yield* this.#nextBest(base, loser);
      if (substitute !== undefined) return this.#selected(substitute);
    }
    return this.#rejected(winner, verdict);
  }

  /** The first of the other variants that may be kept and passes the filter, best first. */
  *#nextBest(base: BaseVariant, loser: Variant): Generator<ScoreNeed, Variant | undefined, Measurement> {
    if (this.#mayKeep(loser) && (yield* this.#filter(loser)) === 'passed') return loser;
    const other = yield* this.#chooseResponse(base === 'original' ? 'instruction' : 'original');
    if (!this.#mayKeep(other.winner)) return undefined;
    for (const variant of [other.winner, other.loser]) {
      if (this.#mayKeep(variant) && (yield* this.#filter(variant)) === 'passed') return variant;
    }
    return undefined;
  }

  *#chooseInstruction(): Generator<ScoreNeed, BaseVariant, Measurement> {
    const original = yield* this.#score('original', 'ifd');
    const candidate = yield* this.#score('instruction', 'ifd');
    const { reflectedWins, reason } = decideInstruction(original, candidate);
    const chosen = reflectedWins ? 'instruction' : 'original';
    this.#steps.push({ kind: 'instruction', chosen, reason });
    return chosen;
  }

  *#chooseResponse(base: BaseVariant) {
    const reflected = RESPONSE_REFLECTED[base];
    const current = yield* this.#score(base, 'rifd');
    const candidate = yield* this.#score(reflected, 'rifd');
    const { reflectedWins, reason } = decideResponse(current, candidate);
    const winner: Variant = reflectedWins ? reflected : base;
    const loser: Variant = reflectedWins ? base : reflected;
    this.#steps.push({ kind: 'response', base, chosen: winner, reason });
    return { winner, loser, reason };
  }

  /** r-IFD first: it is known from the comparison, and a failure saves the passes of an IFD. */
  *#filter(variant: Variant): Generator<ScoreNeed, FilterVerdict, Measurement> {
    let verdict = acceptMetric('rifd', yield* this.#score(variant, 'rifd'), this.#policy);
    if (verdict === 'passed') {
      verdict = acceptMetric('ifd', yield* this.#score(variant, 'ifd'), this.#policy);
    }
    this.#steps.push({ kind: 'filter', variant, verdict });
    return verdict;
  }

  /** Asks for each score once: it may take a model's passes, or a teacher's call. */
  *#score(variant: Variant, metric: Metric): Generator<ScoreNeed, Measurement, Measurement> {
    this.#scores[variant] ??= {};
    const known = this.#scores[variant];
    known[metric] ??= yield { variant, metric };
    return known[metric];
  }

  #mayKeep(variant: Variant): boolean {
    return this.#policy.keep === 'all' || variant === 'response' || variant === 'both';
  }

  #selected(outcome: Variant): Decision {
    return { kind: 'selected', outcome, evidence: this.#evidence() };
  }

  #rejected(winner: Variant, reason: RejectionReason): Decision {
    return { kind: 'rejected', winner, reason, evidence: this.#evidence() };
  }

  #evidence(): Evidence {
    return { scores: this.#scores, steps: this.#steps };
  }
}
