import { endOfRun } from './average-ranks.js';

/**
 * Kendall's tau-b, which corrects for ties: (concordant - discordant) pairs over the geometric mean of the pairs not
 * tied on either side. Undefined when it does not exist: for fewer than two pairs, or when one side has the same
 * value everywhere. O(n log n): sorted by `a`, the discordant pairs are the exchanges that sorting by `b` takes.
 * Source: Knight, "A computer method for calculating Kendall's tau with ungrouped data", JASA 61, 1966.
 */
export function kendallTauB(a: Float64Array, b: Float64Array): number | undefined {
  const order = Uint32Array.from(a.keys()).sort((i, j) => a[i]! - a[j]! || b[i]! - b[j]!);
  const byA = Float64Array.from(order, (i) => a[i]!);
  const byB = Float64Array.from(order, (i) => b[i]!);
  const pairs = pairsOf(a.length);
  const tiedInA = tiedPairs(a.length, (i, j) => byA[i] === byA[j]);
  const tiedInBoth = tiedPairs(a.length, (i, j) => byA[i] === byA[j] && byB[i] === byB[j]);
  const discordant = sortCountingExchanges(byB);
  const tiedInB = tiedPairs(a.length, (i, j) => byB[i] === byB[j]);
  if (tiedInA === pairs || tiedInB === pairs) return undefined;
  const balance = pairs - tiedInA - tiedInB + tiedInBoth - 2 * discordant;
  return balance / Math.sqrt((pairs - tiedInA) * (pairs - tiedInB));
}

/** Pairs that can be made of `count` things; exact up to 10^8 of them. */
function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

/** Pairs within runs of places that are equal to the first of their run. */
function tiedPairs(length: number, equal: (i: number, j: number) => boolean): number {
  let tied = 0;
  for (let start = 0; start < length; ) {
    const end = endOfRun(start, length, (i) => equal(start, i));
    tied += pairsOf(end - start);
    start = end;
  }
  return tied;
}

/** Sorts `values` in place by merging, and counts the pairs that stood in the wrong order. */
function sortCountingExchanges(values: Float64Array): number {
  let exchanges = 0;
  const merged = new Float64Array(values.length);
  for (let width = 1; width < values.length; width *= 2) {
    for (let left = 0; left < values.length; left += 2 * width) {
      const middle = Math.min(left + width, values.length);
      exchanges += merge(values, merged, left, middle, Math.min(left + 2 * width, values.length));
    }
    values.set(merged);
  }
  return exchanges;
}

/** Merges two sorted neighbours into `merged`; returns how many pairs of one from each were out of order. */
function merge(
  values: Float64Array,
  merged: Float64Array,
  left: number,
  middle: number,
  end: number,
): number {
  let exchanges = 0;
  let first = left;
  let second = middle;
  for (let at = left; at < end; at++) {
    const takesFirst = first < middle && (second >= end || values[first]! <= values[second]!);
    if (!takesFirst) exchanges += middle - first;
    merged[at] = takesFirst ? values[first++]! : values[second++]!;
  }
  return exchanges;
}
