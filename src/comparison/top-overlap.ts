/** Keeps a count such as 15 % of 20, should it compute as 2.9999999999999996, from losing a row. */
const ROUNDING_SLACK = 1e-9;

/** How far two scorers would choose the same rows for training. */
export interface TopOverlap {
  /** Of all compared rows. */
  readonly percent: number;
  /** Rows that this percentage stands for, rounded down. */
  readonly places: number;
  /** Rows that each side chose: fewer than `places` where fewer have an IFD below 1. */
  readonly chosen: readonly [a: number, b: number];
  readonly shared: number;
  /** `shared` by the larger choice; undefined when nobody chose anything. */
  readonly overlap: number | undefined;
  /** The share of all compared rows that one side chose and the other did not. */
  readonly differing: number;
}

/**
 * Both sides choose as data is selected by IFD: rows at or above 1 are left out, the others ranked from the highest
 * down, and of those the first `percent` of all rows taken. Of equal scores the earlier row goes first.
 */
export function topOverlap(a: Float64Array, b: Float64Array, percent: number): TopOverlap {
  const places = Math.floor((percent * a.length) / 100 + ROUNDING_SLACK);
  const chosenA = highestBelowOne(a, places);
  const chosenB = new Set(highestBelowOne(b, places));
  const shared = chosenA.filter((row) => chosenB.has(row)).length;
  const larger = Math.max(chosenA.length, chosenB.size);
  return {
    percent,
    places,
    chosen: [chosenA.length, chosenB.size],
    shared,
    overlap: larger === 0 ? undefined : shared / larger,
    differing: a.length === 0 ? 0 : (chosenA.length + chosenB.size - 2 * shared) / a.length,
  };
}

function highestBelowOne(ifd: Float64Array, places: number): readonly number[] {
  const below: number[] = [];
  for (const [row, value] of ifd.entries()) if (value < 1) below.push(row);
  return below.sort((i, j) => ifd[j]! - ifd[i]! || i - j).slice(0, places);
}
