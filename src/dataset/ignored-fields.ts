import type { Content, RowOf } from './row.js';

/** Fields that other tools train on and that are no part of what is scored. */
export const IGNORED_FIELDS = ['system', 'history'] as const;
export type IgnoredField = (typeof IGNORED_FIELDS)[number];

/** How many rows have such a field with something in it; only those that occurred. */
export type IgnoredCounts = Readonly<Partial<Record<IgnoredField, number>>>;

/** Counts the rows of which something is left out. */
export class IgnoredFields {
  readonly #fields: readonly IgnoredField[];
  readonly #counts: Partial<Record<IgnoredField, number>> = {};

  /** @param used - Fields that do have a part. */
  constructor(used: readonly string[] = []) {
    this.#fields = IGNORED_FIELDS.filter((field) => !used.includes(field));
  }

  add({ kind, object }: Pick<RowOf<Content>, 'kind' | 'object'>): void {
    if (kind === 'bad') return;
    for (const field of this.#fields) {
      if (hasContent(object?.[field])) this.#counts[field] = (this.#counts[field] ?? 0) + 1;
    }
  }

  get counts(): IgnoredCounts {
    return { ...this.#counts };
  }
}

/** An empty text or list stands for none, as does null. */
function hasContent(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}
