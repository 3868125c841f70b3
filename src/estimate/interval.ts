/** A number that is not known for certain: it lies between the other two in 90 of 100 cases. */
export interface Interval {
  readonly likely: number;
  readonly low: number;
  readonly high: number;
}

/** Of a standard normal distribution, the value that 95 % lie below: an interval of 90 % goes this far to both sides. */
const Z = 1.6449;

/** A number that is known. */
export function exactly(value: number): Interval {
  return { likely: value, low: value, high: value };
}

/**
 * The sum over all rows of what is known of a random sample of them, drawn without replacement: N m, give or take
 * 1.645 N s / sqrt(n) sqrt(1 - n/N), with the mean m and the standard deviation s of the sample. Source: Cochran,
 * "Sampling Techniques", 3rd ed., section 2.6.
 * @param sample - At least one value; all of the rows' when there are as many.
 */
export function totalOf(sample: readonly number[], rows: number): Interval {
  const { length: n } = sample;
  const mean = sample.reduce((sum, value) => sum + value, 0) / n;
  if (n >= rows) return exactly(mean * n);
  const variance = n < 2 ? mean ** 2 : sample.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const error = Z * rows * Math.sqrt((variance / n) * (1 - n / rows));
  return { likely: mean * rows, low: Math.max(0, mean * rows - error), high: mean * rows + error };
}

/** A sum of numbers each of which goes with the others: the worst of all come together. */
export function sumOf(intervals: readonly Interval[]): Interval {
  const add = (side: keyof Interval) => intervals.reduce((sum, interval) => sum + interval[side], 0);
  return { likely: add('likely'), low: add('low'), high: add('high') };
}

export function scaled({ likely, low, high }: Interval, factor: number): Interval {
  return { likely: likely * factor, low: low * factor, high: high * factor };
}

/**
 * An amount divided by a rate, both uncertain: relative errors of the two add up as those of independent numbers do.
 * @param rates - Measured apart from one another, each above 0; the rate is `rate`.
 */
export function dividedBy(amount: Interval, rate: number, rates: readonly number[]): Interval {
  const likely = amount.likely / rate;
  const { length: n } = rates;
  const variance = n < 2 ? 0 : rates.reduce((sum, each) => sum + (each - rate) ** 2, 0) / (n - 1) / n;
  const ofRate = (Z * Math.sqrt(variance)) / rate;
  const side = (bound: number) => {
    const ofAmount = amount.likely === 0 ? 0 : Math.abs(bound - amount.likely) / amount.likely;
    return Math.hypot(ofAmount, ofRate);
  };
  return {
    likely,
    low: Math.max(0, likely * (1 - side(amount.low))),
    high: likely * (1 + side(amount.high)),
  };
}
