import { type Conversation, ROLES, type Role } from '../domain/conversation.js';
import type { UnscorableReason } from '../domain/score.js';
import { LengthStatistics, type LengthSummary } from './length-statistics.js';
import { roleSequence } from './role-sequence.js';

/** More are counted together: memory stays bounded, and nobody reads them. */
const MOST_SEQUENCES = 500;
export const OTHER_SEQUENCES = 'others';

/** What there is in a dataset, over all rows read. */
export interface DatasetProfile {
  readonly rows: number;
  /** Rows of which nothing can be scored: how many, and what is said of the first of them. */
  readonly unscorable: readonly {
    readonly reason: UnscorableReason;
    readonly rows: number;
    readonly example: string;
  }[];
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
  readonly #unscorable = new Map<UnscorableReason, { rows: number; readonly example: string }>();
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
    const known = this.#unscorable.get(reason);
    if (known === undefined) this.#unscorable.set(reason, { rows: 1, example: detail });
    else known.rows += 1;
  }

  snapshot(): DatasetProfile {
    const characters = ROLES.flatMap((role) => {
      const summary = this.#characters[role].snapshot();
      return summary === undefined ? [] : [[role, summary] as const];
    });
    const most = (a: { rows: number }, b: { rows: number }) => b.rows - a.rows;
    return {
      rows: this.#rows,
      unscorable: [...this.#unscorable].map(([reason, found]) => ({ reason, ...found })).sort(most),
      sequences: [...this.#sequences].map(([roles, rows]) => ({ roles, rows })).sort(most),
      characters: Object.fromEntries(characters),
      targets: this.#targets,
      masked: this.#masked,
      withTools: this.#withTools,
    };
  }
}
