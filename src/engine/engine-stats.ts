/** What a student's engine has done since it was loaded. */
export interface EngineStats {
  /** Tokens that went through the model. */
  readonly decodedTokens: number;
  /** Tokens that packing and sharing prefixes leave to decode; fewer than `decodedTokens` when deterministic. */
  readonly plannedTokens: number;
  readonly decodes: number;
  /** Positions whose logits were needed. */
  readonly outputRows: number;
}

export function addStats(all: readonly EngineStats[]): EngineStats {
  const sum = (read: (stats: EngineStats) => number) => all.reduce((total, stats) => total + read(stats), 0);
  return {
    decodedTokens: sum((stats) => stats.decodedTokens),
    plannedTokens: sum((stats) => stats.plannedTokens),
    decodes: sum((stats) => stats.decodes),
    outputRows: sum((stats) => stats.outputRows),
  };
}
