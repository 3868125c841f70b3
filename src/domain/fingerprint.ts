/** All that results depend on besides the rows they are of, by name. */
export type Fingerprint = Readonly<Record<string, string | number | boolean | null>>;

/** What decides how numbers are rounded, and nothing else. */
export const ARITHMETIC = [
  'device',
  'processor',
  'cpu_backend',
  'kernels',
  'head',
  'llama_cpp',
  'version',
] as const;
export type ArithmeticName = (typeof ARITHMETIC)[number];

/** A phrase for each name whose value differs: what it was and what it is. */
export interface FingerprintDifferences {
  /** Of what decides what is computed; a name that is not known is one of these. */
  readonly parameters: readonly string[];
  readonly arithmetic: readonly string[];
}

export function compareFingerprints(before: Fingerprint, now: Fingerprint): FingerprintDifferences {
  const parameters: string[] = [];
  const arithmetic: string[] = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (before[name] === now[name]) continue;
    const phrase = `${name} was ${show(before[name])} and is ${show(now[name])}`;
    (ARITHMETIC.some((known) => known === name) ? arithmetic : parameters).push(phrase);
  }
  return { parameters, arithmetic };
}

function show(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
