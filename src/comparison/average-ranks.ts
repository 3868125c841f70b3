/**
 * The rank of each value, from 1 for the smallest; equal values share the mean of the ranks they take up.
 * `values` holds no NaN.
 */
export function averageRanks(values: Float64Array): Float64Array {
  const order = ascendingOrder(values);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    const end = endOfRun(start, order.length, (i) => values[order[i]!] === values[order[start]!]);
    // the mean of start + 1 to end
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

/** Positions of the values from the smallest to the largest. */
function ascendingOrder(values: Float64Array): Uint32Array {
  return Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
}

/** One past the last place, from `start` on, that still `belongs`. */
export function endOfRun(start: number, length: number, belongs: (place: number) => boolean): number {
  let end = start + 1;
  while (end < length && belongs(end)) end += 1;
  return end;
}
