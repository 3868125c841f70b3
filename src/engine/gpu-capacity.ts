const GIB = 2 ** 30;

/** Bytes a context needs beside the weights: cache, logits and working memory of the usual sizes. */
const BESIDE_WEIGHTS = 1.5 * GIB;

/** Bytes a parameter takes; Q8_0 has a 16-bit scale for every 32 weights. */
const BYTES_PER_PARAMETER = { F16: 2, Q8_0: 34 / 32 } as const;

export function gibibytes(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}

/** How large a student a GPU has room for, roughly, e.g. `fits about 7B parameters in F16, 13B in Q8_0`. */
export function whatFits(memoryFree: number): string {
  const room = memoryFree - BESIDE_WEIGHTS;
  if (room <= 0) return 'too full for a student';
  const [first, ...others] = Object.entries(BYTES_PER_PARAMETER).map(
    ([type, bytes]) => `${billions(room / bytes)} in ${type}`,
  );
  return `fits about ${first!.replace(' in', ' parameters in')}, ${others.join(', ')}`;
}

function billions(parameters: number): string {
  const number = parameters / 1e9;
  return `${number < 10 ? number.toFixed(1) : number.toFixed(0)}B`;
}
