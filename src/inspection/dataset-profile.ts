import { type Conversation, ROLES, type Role } from '../domain/conversation.js';
import type { UnscorableReason } from '../domain/score.js';
import { type CountedReason, ReasonCounter } from './counted-reason.js';
import { LengthStatistics, type LengthSummary } from './length-statistics.js';
import { roleSequence } from './role-sequence.js';

/** More are counted together: memory stays bounded, and nobody reads them. */
const MOST_SEQUENCES = 500;
export const OTHER_SEQUENCES = 'others';

/** What there is in a dataset, over all rows read. */
export interface DatasetProfile {
  readonly rows: number;
  /** Rows of which nothing can be scored, whoever the student. */
  readonly unscorable: readonly CountedReason[];
  /** Who speaks in what order, most frequent first. */
  readonly sequences: readonly { readonly roles: string; readonly rows: number }[];
  /** Characters of what each speaker says at once. */
  readonly characters: Readonly<Partial<Record<Role, LengthSummary>>>;
  /** Answers that are scored, and that the rows' masks exclude. */
  readonly targets: number;
  readonly masked: number;
  /** Rows that describe tools. */
  readonly withTools: number;
}

/** Gathers a profile row by row in memory that does not grow with the dataset. */
export class ProfileBuilder {
  #rows = 0;
  #targets = 0;
  #masked = 0;
  #withTools = 0;
  readonly #unscorable = new ReasonCounter();
  readonly #sequences = new Map<string, number>();
  readonly #characters = Object.fromEntries(ROLES.map((role) => [role, new LengthStatistics()])) as Record<
    Role,
    LengthStatistics
  >;

  addConversation({ turns, tools }: Conversation): void {
    this.#rows += 1;
    if (tools.length > 0) this.#withTools += 1;
    for (const { role, text, isTarget } of turns) {
      this.#characters[role].add(text.length);
      if (role !== 'assistant') continue;
      if (isTarget) this.#targets += 1;
      else this.#masked += 1;
    }
    const roles = roleSequence(turns);
    const isKnown = this.#sequences.has(roles) || this.#sequences.size < MOST_SEQUENCES;
    const counted = isKnown ? roles : OTHER_SEQUENCES;
    this.#sequences.set(counted, (this.#sequences.get(counted) ?? 0) + 1);
  }

  addUnscorable(reason: UnscorableReason, detail: string): void {
    this.#rows += 1;
    this.#unscorable.add(reason, detail);
  }

  snapshot(): DatasetProfile {
    const characters = ROLES.flatMap((role) => {
      const summary = this.#characters[role].snapshot();
      return summary === undefined ? [] : [[role, summary] as const];
    });
    return {
      rows: this.#rows,
      unscorable: this.#unscorable.snapshot(),
      sequences: [...this.#sequences]
        .map(([roles, rows]) => ({ roles, rows }))
        .sort((one, other) => other.rows - one.rows),
      characters: Object.fromEntries(characters),
      targets: this.#targets,
      masked: this.#masked,
      withTools: this.#withTools,
    };
  }
}
