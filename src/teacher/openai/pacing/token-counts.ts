import type { Usage } from '../../teacher.js';

export interface TokenCounts {
  readonly promptTokens: number;
  /** Thinking included. */
  readonly completionTokens: number;
  /** Of the prompt's tokens, those that the server had in its cache. */
  readonly cachedTokens?: number | undefined;
  /** Of the reply's tokens, those of its thinking. */
  readonly reasoningTokens?: number | undefined;
}

/** What a provider charges for a million tokens, in any one currency. */
export interface Price {
  readonly promptPerMillion: number;
  readonly completionPerMillion: number;
  /** For prompt tokens that the server had in its cache. Default: as for any. */
  readonly cachedPerMillion?: number | undefined;
}

export function costOf(counts: TokenCounts, price: Price | null): number | null {
  if (price === null) return null;
  const { promptPerMillion, completionPerMillion, cachedPerMillion = promptPerMillion } = price;
  const { promptTokens, completionTokens, cachedTokens = 0 } = counts;
  return (
    ((promptTokens - cachedTokens) * promptPerMillion +
      cachedTokens * cachedPerMillion +
      completionTokens * completionPerMillion) /
    1e6
  );
}

export function usageOf(counts: TokenCounts, price: Price | null, estimated = false): Usage {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = counts;
  return {
    promptTokens,
    completionTokens,
    ...(cachedTokens && { cachedTokens }),
    ...(reasoningTokens && { reasoningTokens }),
    cost: costOf(counts, price),
    estimated,
  };
}
