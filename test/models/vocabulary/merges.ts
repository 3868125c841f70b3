/** Byte-pair merges, best first: the pair and what it becomes. */
export interface Merge {
  readonly left: string;
  readonly right: string;
}

/**
 * Makes byte-pair merges under which every piece becomes one token, until `maxTokens` different tokens exist beyond
 * the single characters. A piece is split by the merges before it and its parts are then joined from the left, so
 * early pieces (frequent fragments) are building blocks of later ones. Unlike training on text this needs no corpus.
 */
export function mergesFor(pieces: Iterable<string>, maxTokens: number): readonly Merge[] {
  const ranks = new Map<string, number>();
  const merges: Merge[] = [];
  const tokens = new Set<string>();
  for (const piece of pieces) {
    let symbols = applyMerges([...piece], ranks);
    while (symbols.length > 1) {
      if (tokens.size >= maxTokens) return merges;
      const [left, right] = symbols as [string, string];
      ranks.set(`${left} ${right}`, ranks.size);
      merges.push({ left, right });
      tokens.add(left + right);
      symbols = applyMerges(symbols, ranks);
    }
  }
  return merges;
}

/** Joins the best-ranked neighbours, the leftmost first among equals, until no merge applies. */
function applyMerges(symbols: readonly string[], ranks: ReadonlyMap<string, number>): string[] {
  const result = [...symbols];
  for (;;) {
    let best = { rank: Number.POSITIVE_INFINITY, at: -1 };
    for (let at = 0; at + 1 < result.length; at++) {
      const rank = ranks.get(`${result[at]} ${result[at + 1]}`);
      if (rank !== undefined && rank < best.rank) best = { rank, at };
    }
    if (best.at < 0) return result;
    result.splice(best.at, 2, `${result[best.at]}${result[best.at + 1]}`);
  }
}
