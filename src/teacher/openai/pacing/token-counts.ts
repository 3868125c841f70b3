import type { Usage } from '../../teacher.js';

export interface TokenCounts {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What a provider charges for a million tokens, in any one currency. */
export interface Price {
  readonly promptPerMillion: number;
  readonly completionPerMillion: number;
}

export function costOf(counts: TokenCounts, price: Price | null): number | null {
  if (price === null) return null;
  const { promptPerMillion, completionPerMillion } = price;
  return (counts.promptTokens * promptPerMillion + counts.completionTokens * completionPerMillion) / 1e6;
}

export function usageOf(counts: TokenCounts, price: Price | null, estimated = false): Usage {
  return { ...counts, cost: costOf(counts, price), estimated };
}
