import type { Scorer, SpanOutcome, SpanRequest, TokenizeOptions } from '../engine/scorer.js';

/** Stands before a student, has it tokenize and counts what it would have to score; nothing is decoded. */
export class CountingScorer implements Scorer {
  readonly #scorer: Scorer;
  readonly startToken: number;
  readonly maxLength: number;
  readonly batchTokens: number;
  readonly parallelism = 1;
  /** Spans that were to be scored. */
  passes = 0;

  constructor(scorer: Scorer) {
    this.#scorer = scorer;
    this.startToken = scorer.startToken;
    this.maxLength = scorer.maxLength;
    this.batchTokens = scorer.batchTokens;
  }

  tokenize(texts: readonly string[], options?: TokenizeOptions): Promise<readonly Int32Array[]> {
    return this.#scorer.tokenize(texts, options);
  }

  async score(requests: readonly SpanRequest[]): Promise<readonly SpanOutcome[]> {
    this.passes += requests.length;
    return requests.map(({ begin, end }) => ({
      kind: 'scored',
      sumLogprob: begin - end,
      tokenCount: end - begin,
    }));
  }
}
