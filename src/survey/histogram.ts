/** Counts of values in bins of equal width. */
export interface Histogram {
  /** Of the bins: one more than there are counts. A value at an edge belongs to the bin above it. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** Values below the first edge. */
  readonly below: number;
  /** Values at or above the last edge. */
  readonly above: number;
}

/** More bins than this are too thin to be clicked. */
const MOST_BINS = 48;

/**
 * Edges of equal width that cover the middle of the values, 0.5 % to 99.5 %, so that a few far away do not press all
 * others together. The width is 1, 2 or 5 times a power of ten and divides 1, so that 1 is an edge.
 * @param sorted - Finite, ascending, at least one.
 * @param most - Bins there may be, but for two at the rims.
 */
export function niceEdges(sorted: Float64Array, most = MOST_BINS): readonly number[] {
  const low = sorted[Math.floor(0.005 * (sorted.length - 1))]!;
  const high = sorted[Math.ceil(0.995 * (sorted.length - 1))]!;
  const bins = Math.min(most, Math.max(1, Math.ceil(binsFor(sorted, high - low))));
  const width = niceWidth((high - low) / bins);
  let first = Math.floor(low / width);
  let last = Math.floor(high / width) + 1;
  // the division may round across an edge; a value at the last one would lie beyond it
  if (rounded(first * width) > low) first--;
  if (rounded(last * width) <= high) last++;
  return Array.from({ length: last - first + 1 }, (_, i) => rounded((first + i) * width));
}

/**
 * Few values in many bins are a fence, and a few far away must not press all others into a bar or two: as many bins as
 * Rice's rule, twice as fine, or that of Freedman and Diaconis asks for, whichever are more.
 */
function binsFor(sorted: Float64Array, range: number): number {
  const root = Math.cbrt(sorted.length);
  const quartile = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  const spread = quartile(0.75) - quartile(0.25);
  return Math.max(4 * root, spread > 0 ? (range * root) / (2 * spread) : 0);
}

/** The least of 1, 2 and 5 times a power of ten that is not below `least`. */
function niceWidth(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-3)));
  const factor = [1, 2, 5, 10].find((times) => rounded(times * power) >= least) ?? 10;
  return rounded(factor * power);
}

/** Without the last digits that binary fractions add: 0.15000000000000002 is 0.15. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

export function histogram(values: Iterable<number>, edges: readonly number[]): Histogram {
  const counts = new Array<number>(edges.length - 1).fill(0);
  let below = 0;
  let above = 0;
  for (const value of values) {
    const bin = binOf(value, edges);
    if (bin === 'below') below++;
    else if (bin === 'above') above++;
    else counts[bin]!++;
  }
  return { edges, counts, below, above };
}

/** Where a value lies among edges of equal width. */
export function binOf(value: number, edges: readonly number[]): number | 'below' | 'above' {
  const first = edges[0]!;
  const last = edges.at(-1)!;
  if (value < first) return 'below';
  if (value >= last) return 'above';
  const guess = Math.floor(((value - first) / (last - first)) * (edges.length - 1));
  // the division may round across an edge, by one bin at most
  if (value < edges[guess]!) return guess - 1;
  return value >= edges[guess + 1]! ? guess + 1 : guess;
}
