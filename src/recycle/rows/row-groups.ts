import type { LaidOutRow } from '../../dataset/open-dataset.js';
import type { RecycledTurn } from './recycled-turn.js';
import { turnIdentity } from './turn-identity.js';

/** Rows that are decided together, unless they are large. */
export const ROWS_PER_GROUP = 32;
/** Ends a group of large rows; some 128 KiB for each row of a full one, which ordinary rows do not come near. */
const MOST_CHARACTERS = 2 ** 22;

export interface RowGroup {
  /** In the dataset's order. */
  readonly rows: readonly LaidOutRow[];
  /** Bytes of the dataset's file that these rows are. */
  readonly bytes: number;
}

/** Cuts a dataset into groups, which depend on the rows before them and their own alone. */
export async function* rowGroups(rows: AsyncIterable<LaidOutRow>): AsyncGenerator<RowGroup> {
  let group: LaidOutRow[] = [];
  let begin = 0;
  let characters = 0;
  const cut = () => {
    const end = group.at(-1)!.endByte;
    const done = { rows: group, bytes: end - begin };
    begin = end;
    group = [];
    characters = 0;
    return done;
  };
  for await (const row of rows) {
    group.push(row);
    characters += row.text.length;
    if (group.length === ROWS_PER_GROUP || characters >= MOST_CHARACTERS) yield cut();
  }
  if (group.length > 0) yield cut();
}

/**
 * Turns that no other group is working on. A copy of a turn under way is left out: once the turn is done, its copy is
 * found done too. So copies cost nothing and, whichever comes first, change no job.
 */
export class TurnsUnderWay {
  readonly #keys = new Set<string>();

  /** Takes up each turn that is free; `release` has to follow. */
  add(turns: readonly RecycledTurn[]): {
    readonly turns: readonly RecycledTurn[];
    readonly release: () => void;
  } {
    const keys: string[] = [];
    const free = turns.filter((turn) => {
      const key = turnIdentity(turn);
      if (this.#keys.has(key)) return false;
      this.#keys.add(key);
      keys.push(key);
      return true;
    });
    const release = () => {
      for (const key of keys) this.#keys.delete(key);
    };
    return { turns: free, release };
  }
}
