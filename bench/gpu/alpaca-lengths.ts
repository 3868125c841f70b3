import type { SpanRequest } from 'reflection-tuning';

/** Rows of Alpaca's dataset. */
export const ALPACA_ROWS = 52_002;

/** Tokens of the template before the instruction, the same in every row. */
const PREAMBLE = 38;
/** Mean tokens of instructions and answers, as the paper on selective reflection-tuning gives them for LLaMA 2. */
const INSTRUCTION = 20.7;
const ANSWER = 65.5;
/** Of the logarithm of a length: a few rows are many times as long as most. */
const SPREAD = 0.9;
const LONGEST = 512;

/**
 * The two spans of each row's IFD, with random tokens in lengths like Alpaca's: drawn from log-normal distributions with
 * its means. The same rows for the same `seed`.
 */
export function alpacaLikeSpans(rows: number, vocabulary: number, seed = 1): readonly SpanRequest[] {
  const random = randomNumbers(seed);
  const token = () => Math.floor(random() * vocabulary);
  const preamble = Int32Array.from({ length: PREAMBLE }, token);
  return Array.from({ length: rows }).flatMap(() => {
    const instruction = Int32Array.from({ length: lengthAround(INSTRUCTION, random) }, token);
    const answer = Int32Array.from({ length: lengthAround(ANSWER, random) }, token);
    return [spanOf([...preamble, ...instruction], answer), spanOf([0], answer)];
  });
}

function spanOf(before: readonly number[], answer: Int32Array): SpanRequest {
  const tokens = Int32Array.from([...before, ...answer]);
  return { tokens, begin: before.length, end: tokens.length };
}

function lengthAround(mean: number, random: () => number): number {
  const gauss = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const length = mean * Math.exp(SPREAD * gauss - SPREAD ** 2 / 2);
  return Math.min(LONGEST, Math.max(1, Math.round(length)));
}

/** In [0, 1), from a linear congruence. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
