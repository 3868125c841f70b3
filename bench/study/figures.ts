import { type ForwardCost, prefillWithHead } from '../models/forward-cost.js';
import type { ResolvedModel } from '../models/resolve-model.js';
import { PROMPT_TOKENS, type TrialResult } from '../trial/task.js';
import { type Round, resultOf } from './study.js';

/** Figures of one round, for the claims of a study. Names are those of entries. */

export function tokensPerSecond({ tokens, seconds }: TrialResult): number {
  return tokens / seconds;
}

/** How many times as fast as `other` the first is, by tokens. */
export function speedRatio(name: string, other: string): (round: Round) => number {
  return (round) => tokensPerSecond(resultOf(round, name)) / tokensPerSecond(resultOf(round, other));
}

/**
 * The same against a prefill, slowed down by the multiplications of the head for as many output rows a token as the
 * first had. `rowsPerPrompt`: output rows that the prefill itself computed for each prompt.
 */
export function speedRatioWithHead(
  name: string,
  prefill: string,
  cost: ForwardCost,
  rowsPerPrompt: 0 | 1,
): (round: Round) => number {
  return (round) => {
    const { facts, tokens } = resultOf(round, name);
    const bare = tokensPerSecond(resultOf(round, prefill));
    const promptTokens = rowsPerPrompt === 0 ? Number.POSITIVE_INFINITY : PROMPT_TOKENS;
    const withHead = prefillWithHead(bare, cost, Number(facts.outputRows) / tokens, promptTokens);
    return tokensPerSecond(resultOf(round, name)) / withHead;
  };
}

/**
 * Operations that the matrices of the model took, in 10^9 a second: two for each weight and decoded token, and two for
 * each weight of the head and output row. Attention itself is left out, so the figure is a little too low.
 */
export function gflops({ facts, seconds }: TrialResult, { body, head }: ForwardCost): number {
  return (2 * (body * Number(facts.decodedTokens) + head * Number(facts.outputRows))) / seconds / 1e9;
}

/** The best that a matrix library did on this machine in the same round, in 10^9 operations a second. */
export function sgemmPeak(round: Round): number {
  const { torchGflops, numpyGflops } = resultOf(round, 'sgemm').facts;
  return Math.max(Number(torchGflops), Number(numpyGflops));
}

/** Achieved rate as a percentage of {@link sgemmPeak}. */
export function shareOfPeak(name: string, cost: ForwardCost): (round: Round) => number {
  return (round) => (100 * gflops(resultOf(round, name), cost)) / sgemmPeak(round);
}

/** Peak memory without the model file's size, in megabytes. NaN where the system does not tell. */
export function memoryBeyond({ bytes }: ResolvedModel, name: string): (round: Round) => number {
  return (round) => ((resultOf(round, name).peakBytes ?? Number.NaN) - bytes) / 1e6;
}
