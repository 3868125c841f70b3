import type {
  ScoreOptions,
  Scorer,
  SpanOutcome,
  SpanRequest,
  TokenizeOptions,
} from '../../src/engine/scorer.js';
import { ReflectionError } from '../../src/errors.js';
import { fakeTokenizer } from './fake-tokenizer.js';

/** A span that holds this character scores `not_finite`. */
export const POISON = '☠';
const POISON_ID = POISON.codePointAt(0)!;

/**
 * A scorer whose numbers are simple functions of a token and where it stands, and that takes its time: calls end in
 * another order than they began.
 */
export class FakeScorer implements Scorer {
  readonly startToken = 0;
  readonly maxLength: number;
  readonly batchTokens: number;
  readonly parallelism: number;
  /** Requests of each call of score(). */
  readonly calls: number[] = [];
  #tokenize = fakeTokenizer(false);
  #inFlight = 0;
  mostInFlight = 0;

  constructor({ maxLength = 512, batchTokens = 16, parallelism = 1 } = {}) {
    this.maxLength = maxLength;
    this.batchTokens = batchTokens;
    this.parallelism = parallelism;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  async tokenize(texts: readonly string[], options?: TokenizeOptions): Promise<readonly Int32Array[]> {
    await this.#delay();
    return texts.map((text) => this.#tokenize(text, options));
  }

  async score(requests: readonly SpanRequest[], { perToken = false, signal }: ScoreOptions = {}) {
    const aborted = () => {
      if (signal?.aborted) throw new ReflectionError('aborted', 'aborted by the caller');
    };
    aborted();
    this.calls.push(requests.length);
    this.mostInFlight = Math.max(this.mostInFlight, ++this.#inFlight);
    try {
      await this.#delay();
      aborted();
      return requests.map((request) => outcomeOf(request, perToken));
    } finally {
      this.#inFlight--;
    }
  }

  /** Long for every third call, so that later ones overtake it. */
  async #delay(): Promise<void> {
    const turns = this.calls.length % 3 === 0 ? 9 : 2;
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

export function outcomeOf({ tokens, begin, end }: SpanRequest, perToken: boolean): SpanOutcome {
  const span = tokens.subarray(begin, end);
  if (span.includes(POISON_ID)) return { kind: 'not_finite' };
  const logprobs = Float32Array.from(span, (id, i) => -(1 + ((id + 3 * (begin + i)) % 32)) / 8);
  const sumLogprob = logprobs.reduce((sum, value) => sum + value, 0);
  return { kind: 'scored', sumLogprob, tokenCount: end - begin, ...(perToken && { logprobs }) };
}
