import PQueue from 'p-queue';
import type { Sample } from '../../domain/sample.js';
import { METRIC_SPANS, type Metric } from '../../domain/score.js';
import type { Scorer, SpanOutcome, SpanRequest } from '../../engine/scorer.js';
import type { Definition, SamplePlan, SpanPlan, SpanSettings } from '../../scoring/definition.js';
import { contentKey } from '../run/content-key.js';
import type { RunState } from '../run/run-state.js';
import type { MetricScore } from './metric-score.js';

/** One metric of one variant of a row. */
export interface ScoringNeed {
  /** Hash of the row, see {@link rowIdentity}. */
  readonly rowIdentity: string;
  readonly sample: Sample;
  readonly metric: Metric;
}

export interface StudentScoresParts {
  readonly scorer: Scorer;
  readonly definition: Definition;
  readonly settings: Omit<SpanSettings, 'metrics'>;
  /** Names everything a score depends on besides the texts. */
  readonly fingerprint: object;
  readonly state: RunState;
  readonly signal: AbortSignal;
}

/**
 * Scores what the state has no scores of. Which sequences share a batch shows in the last digits of their scores, so
 * that must not depend on timing, or a run that was killed would end with other digits than one that was not. Hence
 * every call is one job that shares batches with no other, and is kept as a whole or not at all; and a score
 * belongs to the row it was computed for, since which of two rows with one candidate comes first is timing too.
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

  #key({ rowIdentity, sample, metric }: ScoringNeed): string {
    const { instruction, input, output } = sample;
    return contentKey(this.#parts.fingerprint, metric, rowIdentity, instruction, input, output);
  }

  async #compute(needs: ReadonlyMap<string, ScoringNeed>): Promise<ReadonlyMap<string, MetricScore>> {
    const { scorer, definition, signal } = this.#parts;
    const prepared = [...needs].map(([key, { sample, metric }]) => {
      const settings = { ...this.#parts.settings, metrics: [metric] };
      return { key, sample, metric, settings, texts: definition.texts(sample, settings) };
    });
    const ids = await scorer.tokenize(
      prepared.flatMap(({ texts }) => texts),
      definition.tokenize,
    );
    const job = new SpanJob();
    let at = 0;
    const plans = prepared.map(({ key, sample, metric, settings, texts }) => {
      const plan = definition.plan(sample, ids.slice(at, at + texts.length), settings);
      at += texts.length;
      return { key, read: job.add(plan, metric) };
    });
    const outcomes = await scorer.score(job.requests, { signal });
    return new Map(plans.map(({ key, read }) => [key, read(outcomes)]));
  }
}

/** Requests for the spans of several plans, each different span once. */
class SpanJob {
  readonly requests: SpanRequest[] = [];
  readonly #places = new Map<string, number>();

  /** Requests a metric's two spans; returns what reads its score from the outcomes. */
  add(plan: SamplePlan, metric: Metric): (outcomes: readonly SpanOutcome[]) => MetricScore {
    const names = METRIC_SPANS[metric];
    const conditioned = plan[names.conditioned]!;
    const direct = plan[names.direct]!;
    if (conditioned.kind === 'unscorable') return () => conditioned;
    if (direct.kind === 'unscorable') return () => direct;
    const places = [this.#request(conditioned), this.#request(direct)] as const;
    const truncated = conditioned.truncated || direct.truncated;
    return (outcomes) => {
      const [scored, directly] = [outcomes[places[0]]!, outcomes[places[1]]!];
      if (scored.kind !== 'scored' || directly.kind !== 'scored') {
        return { kind: 'unscorable', reason: 'not_finite' };
      }
      return { kind: 'scored', conditioned: spanOf(scored), direct: spanOf(directly), truncated };
    };
  }

  /** An instruction by itself, for instance, is a span of r-IFD whatever the answer. */
  #request({ tokens, begin, end }: ScorableSpan): number {
    const bytes = Buffer.from(tokens.buffer, tokens.byteOffset, tokens.byteLength);
    const key = `${begin} ${end} ${bytes.toString('base64')}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.requests.length);
    return this.requests.push({ tokens, begin, end }) - 1;
  }
}

type ScorableSpan = Extract<SpanPlan, { kind: 'span' }>;

function spanOf({ sumLogprob, tokenCount }: Extract<SpanOutcome, { kind: 'scored' }>) {
  return { sumLogprob, tokenCount };
}
