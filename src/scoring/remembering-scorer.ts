import type { ScoreOptions, Scorer, SpanOutcome, SpanRequest, TokenizeOptions } from '../engine/scorer.js';
import { spanKey } from './span-requests.js';

/** Spans remembered unless told otherwise; they take some 15 MB. */
const DEFAULT_CAPACITY = 2 ** 16;

type Memory =
  | { readonly kind: 'settled'; readonly outcome: SpanOutcome }
  | {
      readonly kind: 'under way';
      /** Undefined when the call that it is part of fails. */
      readonly outcome: Promise<SpanOutcome | undefined>;
      /** What may call it off. */
      readonly signal: AbortSignal | undefined;
    };

/**
 * Scores no span twice while it remembers it: datasets repeat instructions and short answers, and an instruction by itself
 * is a span of r-IFD. Spans are equal when their tokens, begin and end are. Those used least recently are forgotten.
 * Which are scored depends on the calls and their order alone, not on when any is answered.
 * Calls that ask for the log-probs of single tokens pass by, for those would take memory without bound.
 */
export class RememberingScorer implements Scorer {
  readonly #scorer: Scorer;
  readonly #capacity: number;
  /** By content; least recently used first. */
  readonly #memories = new Map<string, Memory>();
  #reusedSpans = 0;

  constructor(scorer: Scorer, capacity = DEFAULT_CAPACITY) {
    this.#scorer = scorer;
    this.#capacity = capacity;
  }

  get startToken(): number {
    return this.#scorer.startToken;
  }

  get maxLength(): number {
    return this.#scorer.maxLength;
  }

  get batchTokens(): number {
    return this.#scorer.batchTokens;
  }

  get parallelism(): number {
    return this.#scorer.parallelism;
  }

  /** Spans answered so far without being scored. */
  get reusedSpans(): number {
    return this.#reusedSpans;
  }

  tokenize(texts: readonly string[], options?: TokenizeOptions): Promise<readonly Int32Array[]> {
    return this.#scorer.tokenize(texts, options);
  }

  async score(requests: readonly SpanRequest[], options: ScoreOptions = {}): Promise<readonly SpanOutcome[]> {
    if (options.perToken) return this.#scorer.score(requests, options);
    const keys = requests.map(spanKey);
    const outcomes = new Map<string, SpanOutcome>();
    const underWay = new Map<string, Promise<SpanOutcome | undefined>>();
    const fresh = new Map<string, SpanRequest>();
    for (const [i, key] of keys.entries()) {
      const memory = this.#recall(key, options.signal);
      if (memory === undefined) fresh.set(key, requests[i]!);
      else if (memory.kind === 'settled') outcomes.set(key, memory.outcome);
      else underWay.set(key, memory.outcome);
    }
    for (const [key, outcome] of await this.#scoreAnew(fresh, options)) outcomes.set(key, outcome);

    const lost = new Map<string, SpanRequest>();
    for (const [key, promise] of underWay) {
      const outcome = await promise;
      if (outcome === undefined) lost.set(key, requests[keys.indexOf(key)]!);
      else outcomes.set(key, outcome);
    }
    if (lost.size > 0) {
      for (const [key, outcome] of await this.#scoreAnew(lost, options)) outcomes.set(key, outcome);
    }
    this.#reusedSpans += requests.length - fresh.size - lost.size;
    return keys.map((key) => outcomes.get(key)!);
  }

  async #scoreAnew(
    requests: ReadonlyMap<string, SpanRequest>,
    options: ScoreOptions,
  ): Promise<ReadonlyMap<string, SpanOutcome>> {
    const keys = [...requests.keys()];
    const scored = this.#scorer.score([...requests.values()], options);
    for (const [i, key] of keys.entries()) {
      const outcome = scored.then(
        (outcomes) => outcomes[i],
        () => undefined,
      );
      this.#keep(key, { kind: 'under way', outcome, signal: options.signal });
    }
    try {
      const outcomes = await scored;
      for (const [i, key] of keys.entries()) this.#settle(key, outcomes[i]!);
      return new Map(keys.map((key, i) => [key, outcomes[i]!]));
    } catch (error) {
      for (const key of keys) this.#memories.delete(key);
      throw error;
    }
  }

  /** What is known of a span, now used most recently. One that another signal may call off is not to be relied on. */
  #recall(key: string, signal: AbortSignal | undefined): Memory | undefined {
    const memory = this.#memories.get(key);
    if (memory === undefined || (memory.kind === 'under way' && memory.signal !== signal)) return undefined;
    this.#memories.delete(key);
    this.#memories.set(key, memory);
    return memory;
  }

  #keep(key: string, memory: Memory): void {
    this.#memories.delete(key);
    this.#memories.set(key, memory);
    if (this.#memories.size > this.#capacity) {
      const [leastRecent] = this.#memories.keys();
      this.#memories.delete(leastRecent!);
    }
  }

  #settle(key: string, outcome: SpanOutcome): void {
    // in its place: what is forgotten next is not to depend on what is scored first
    if (this.#memories.has(key)) this.#memories.set(key, { kind: 'settled', outcome });
  }
}
