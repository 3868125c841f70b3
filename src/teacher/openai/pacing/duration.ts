const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A length of time such as `6m0s`, `1.5s`, `20ms` or `20 seconds`, in milliseconds; null for what is none. */
export function readDuration(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[hms])/gi)];
  if (parts.length === 0) return null;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * UNITS[unit!.toLowerCase()]!, 0);
}
