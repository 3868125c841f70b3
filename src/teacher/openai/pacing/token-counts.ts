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

const BYTES_PER_TOKEN = 3;

/** A guess at a text's tokens on the high side: real tokenizers make 3 to 5 bytes of UTF-8 into one. */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}
