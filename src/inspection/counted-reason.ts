import type { UnscorableReason } from '../domain/score.js';

/** A reason, how many rows it holds for, and what is said of the first of them. */
export interface CountedReason {
  readonly reason: UnscorableReason;
  readonly rows: number;
  readonly example: string;
}

export class ReasonCounter {
  readonly #found = new Map<UnscorableReason, { rows: number; readonly example: string }>();

  add(reason: UnscorableReason, detail: string): void {
    const known = this.#found.get(reason);
    if (known === undefined) this.#found.set(reason, { rows: 1, example: detail });
    else known.rows += 1;
  }

  /** Most frequent first. */
  snapshot(): readonly CountedReason[] {
    return [...this.#found]
      .map(([reason, found]) => ({ reason, ...found }))
      .sort((one, other) => other.rows - one.rows);
  }
}
