import type {
  ControlledEvaluateIndexOutput,
  ControlledEvaluateInputItem,
  LlamaContextSequence,
  LlamaModel,
  Token,
} from 'node-llama-cpp';
import type { Scorer, SpanOutcome, SpanRequest } from 'reflection-tuning';

/**
 * What is fetched for each predicted token: `probabilities` of the whole vocabulary, as the documentation suggests,
 * or only the `logits` that a log-prob needs, the least that the public interface can be asked for.
 */
export type Distribution = 'probabilities' | 'logits';

/** A scorer on node-llama-cpp alone: one sequence at a time, one call of `controlledEvaluate` for each. */
export class NodeLlamaScorer implements Scorer {
  readonly #model: LlamaModel;
  readonly #sequence: LlamaContextSequence;
  readonly #distribution: Distribution;

  readonly startToken: number;
  readonly maxLength: number;
  /** Everything comes in one call, because a sequence cannot work on two. */
  readonly batchTokens = Number.POSITIVE_INFINITY;
  readonly parallelism = 1;

  constructor(model: LlamaModel, sequence: LlamaContextSequence, distribution: Distribution) {
    this.#model = model;
    this.#sequence = sequence;
    this.#distribution = distribution;
    this.startToken = model.tokens.bos ?? model.tokens.eos!;
    this.maxLength = sequence.contextSize - 1;
  }

  async tokenize(texts: readonly string[]): Promise<readonly Int32Array[]> {
    return texts.map((text) => Int32Array.from(this.#model.tokenize(text, false)));
  }

  async score(requests: readonly SpanRequest[]): Promise<readonly SpanOutcome[]> {
    const outcomes: SpanOutcome[] = [];
    for (const request of requests) outcomes.push(await this.#scoreSpan(request));
    return outcomes;
  }

  async #scoreSpan({ tokens, begin, end }: SpanRequest): Promise<SpanOutcome> {
    const ids = Array.from(tokens.subarray(0, end)) as Token[];
    const input = ids.slice(0, -1).map((token, i): ControlledEvaluateInputItem => {
      return i < begin - 1 ? token : [token, { generateNext: this.#wanted(ids[i + 1]!) }];
    });
    await this.#sequence.clearHistory();
    const output = await this.#sequence.controlledEvaluate(input);
    let sumLogprob = 0;
    for (let i = begin; i < end; i++) sumLogprob += this.#logprob(output[i - 1]!, ids[i]!);
    if (!Number.isFinite(sumLogprob)) return { kind: 'not_finite' };
    return { kind: 'scored', sumLogprob, tokenCount: end - begin };
  }

  #wanted(target: Token) {
    if (this.#distribution === 'probabilities') return { probabilities: true };
    // At temperature 0, the default, the selected token is the one with the largest logit.
    return { logits: { filter: { tokens: [target], includeSelected: true } }, totalLogitWeight: true };
  }

  #logprob({ next }: ControlledEvaluateIndexOutput, target: Token): number {
    if (this.#distribution === 'probabilities') return Math.log(next.probabilities!.get(target)!);
    const logits = next.logits!;
    return logits.get(target)! - Math.max(...logits.values()) - Math.log(next.totalLogitWeight!);
  }
}
