import type { LeafPage } from '../read/leaf-pages.js';

/** Texts for entries of one leaf, by row and by the positions in the lists that lead there. */
export interface LeafEdit {
  readonly positions: readonly number[];
  readonly value: Uint8Array;
}

/** What becomes of the rows of a row group. */
export interface RowChoice {
  /** By row: not 0 for one that is kept. */
  readonly kept: Uint8Array;
  /** For one leaf, by row. */
  readonly edits: ReadonlyMap<number, readonly LeafEdit[]>;
}

/** Takes an entry as it is stored. */
export interface EntrySink {
  add(repetition: number, definition: number, value: unknown): void;
  /** Called between two rows. */
  endRow(): Promise<void> | void;
}

/**
 * Hands on the entries of the rows that are kept, values as they are stored.
 * @param most - The definition level of a value that is there.
 * @returns how many edits have found their places.
 */
export async function filterLeaf(
  pages: AsyncIterable<LeafPage>,
  most: number,
  { kept, edits }: RowChoice,
  sink: EntrySink,
): Promise<number> {
  let edited = 0;
  let row = -1;
  let positions: number[] = [];
  for await (const { entries, definition, repetition, values, dictionary } of pages) {
    let next = 0;
    for (let i = 0; i < entries; i++) {
      const level = repetition?.[i] ?? 0;
      if (level === 0) {
        if (row >= 0 && kept[row]) await sink.endRow();
        row += 1;
        positions = [];
      } else {
        positions = stepped(positions, level);
      }
      const reached = definition?.[i] ?? most;
      const stored = reached === most ? values[next++] : undefined;
      if (!kept[row]) continue;
      const edit = edits.get(row)?.find((one) => isAt(one.positions, positions));
      if (edit !== undefined) edited += 1;
      if (edit !== undefined) sink.add(level, most, edit.value);
      else sink.add(level, reached, reached === most && dictionary ? dictionary[stored as number] : stored);
    }
  }
  if (row >= 0 && kept[row]) await sink.endRow();
  return edited;
}

/** Positions one further in the list of this level, at the first in those within. */
function stepped(positions: readonly number[], level: number): number[] {
  const next = positions.slice(0, level);
  while (next.length < level) next.push(0);
  next[level - 1]! += 1;
  return next;
}

/** Positions behind the last that was counted are 0. */
function isAt(wanted: readonly number[], positions: readonly number[]): boolean {
  return wanted.every((position, i) => position === (positions[i] ?? 0));
}
