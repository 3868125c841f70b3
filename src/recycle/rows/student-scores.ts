import PQueue from 'p-queue';
import type { Sample } from '../../domain/sample.js';
import type { Metric, MetricScore } from '../../domain/score.js';
import type { Scorer } from '../../engine/scorer.js';
import type { Planner, Scorable } from '../../scoring/planner.js';
import { scoreJob } from '../../scoring/score-job.js';
import { contentKey } from '../run/content-key.js';
import type { RunState } from '../run/run-state.js';

/** One metric of one variant of a turn. */
export interface ScoringNeed {
  /** Hash of the turn and its context, see {@link turnIdentity}. */
  readonly turnIdentity: string;
  readonly sample: Sample;
  /** The sample in its context. */
  readonly scorable: Scorable;
  readonly metric: Metric;
}

export interface StudentScoresParts {
  readonly scorer: Scorer;
  readonly planner: Planner;
  /** Names everything a score depends on besides the texts. */
  readonly fingerprint: object;
  readonly state: RunState;
  readonly signal: AbortSignal;
}

/**
 * Scores what the state has no scores of. Which sequences share a batch shows in the last digits of their scores, so
 * that must not depend on timing, or a run that was killed would end with other digits than one that was not. Hence
 * every call is one job that shares batches with no other, and is kept as a whole or not at all; and a score
 * belongs to the turn it was computed for, since which of two turns with one candidate comes first is timing too.
 */
export class StudentScores {
  readonly #parts: StudentScoresParts;
  /** The engine gives each job a session of its own while there are no more jobs than sessions. */
  readonly #queue: PQueue;
  #scored = 0;

  constructor(parts: StudentScoresParts) {
    this.#parts = parts;
    this.#queue = new PQueue({ concurrency: parts.scorer.parallelism });
  }

  /** Scores computed so far, i.e. not those that the state had. */
  get scored(): number {
    return this.#scored;
  }

  /** In the order of `needs`. @throws {ReflectionError} as {@link Scorer.score} does. */
  async measure(needs: readonly ScoringNeed[]): Promise<readonly MetricScore[]> {
    const { state } = this.#parts;
    const keys = needs.map((need) => this.#key(need));
    const scores = new Map<string, MetricScore>();
    const missing = new Map<string, ScoringNeed>();
    for (const [i, key] of keys.entries()) {
      const kept = scores.get(key) ?? state.score(key);
      if (kept === undefined) missing.set(key, needs[i]!);
      else scores.set(key, kept);
    }
    if (missing.size > 0) {
      const computed = await this.#queue.add(() => this.#compute(missing));
      state.keepScores(computed);
      this.#scored += computed.size;
      for (const [key, score] of computed) scores.set(key, score);
    }
    return keys.map((key) => scores.get(key)!);
  }

  #key({ turnIdentity, sample, metric }: ScoringNeed): string {
    const { instruction, input, output } = sample;
    return contentKey(this.#parts.fingerprint, metric, turnIdentity, instruction, input, output);
  }

  async #compute(needs: ReadonlyMap<string, ScoringNeed>): Promise<ReadonlyMap<string, MetricScore>> {
    const { scorer, planner, signal } = this.#parts;
    const tasks = [...needs.values()].map(({ scorable, metric }) => planner.prepare(scorable, [metric]));
    const scores = await scoreJob(scorer, planner, tasks, { signal });
    return new Map([...needs].map(([key, { metric }], i) => [key, scores[i]!.score.metrics[metric]!]));
  }
}
