import type { GgufTensorInfo } from 'node-llama-cpp';

/** Multiplications of a forward pass, attention scores and element-wise work left out. */
export interface ForwardCost {
  /** For each token: the weights of all blocks. */
  readonly body: number;
  /** For each output row: width times vocabulary. */
  readonly head: number;
}

/** Of a model whose every weight takes part in every token: a mixture of experts is overrated. */
export function forwardCost(tensors: readonly Pick<GgufTensorInfo, 'name' | 'dimensions'>[]): ForwardCost {
  const size = ({ dimensions }: (typeof tensors)[number]) =>
    dimensions.reduce<number>((product, length) => product * Number(length), 1);
  const matrices = tensors.filter(({ dimensions }) => dimensions.length > 1);
  // A tied head is stored as the token table alone.
  const head =
    matrices.find(({ name }) => name === 'output.weight') ??
    matrices.find(({ name }) => name === 'token_embd.weight');
  const blocks = matrices.filter(({ name }) => name.startsWith('blk.'));
  return {
    body: blocks.reduce((sum, tensor) => sum + size(tensor), 0),
    head: head === undefined ? 0 : size(head),
  };
}

/**
 * The speed of a prefill with `rowsPerToken` output rows, judged by arithmetic alone from that of a prefill with one
 * row per `promptTokens` tokens.
 */
export function prefillWithHead(
  tokensPerSecond: number,
  { body, head }: ForwardCost,
  rowsPerToken: number,
  promptTokens: number,
): number {
  return (tokensPerSecond * (body + head / promptTokens)) / (body + head * rowsPerToken);
}
