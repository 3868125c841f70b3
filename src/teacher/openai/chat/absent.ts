/** Text, or null for all that stands for none: null, nothing, an empty string, white space, 0, another type. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** A count of at least 1, or null for all that stands for none. */
export function countOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}
