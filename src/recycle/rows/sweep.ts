import type { LaidOutRow } from '../../dataset/open-dataset.js';
import type { TurnChoice } from '../../options/choices.js';
import { forEachConcurrently } from '../../util/settle-all.js';
import type { FinishedRow } from '../outputs/write-outputs.js';
import { unlessNotYetAnswered } from '../replies/batch-replies.js';
import type { DecidedTurn } from './decided-turn.js';
import { type RecycledTurn, turnsToRecycle } from './recycled-turn.js';
import { type RowGroup, rowGroups, TurnsUnderWay } from './row-groups.js';

/** Brings turns to their decisions, taking what is known from the state and adding to it what is not. */
export type DecideTurns = (turns: readonly RecycledTurn[]) => Promise<readonly DecidedTurn[]>;

export interface SweepOptions {
  readonly turns: TurnChoice;
  /** Groups under way at a time: while the rows of one wait for the teacher, those of another are scored. */
  readonly groups: number;
  /** Told of every group whose rows are decided. */
  readonly onGroup: (group: RowGroup) => void;
  /** Asked before each group; once it says no, the rest is left for the next sweep. */
  readonly mayBegin?: () => boolean;
}

/**
 * Gets everything that the rows' decisions need into the state, in whatever order it comes. Groups that are not yet
 * answered are left for the next sweep.
 */
export async function sweep(
  rows: AsyncIterable<LaidOutRow>,
  decideTurns: DecideTurns,
  { turns, groups, onGroup, mayBegin = () => true }: SweepOptions,
): Promise<void> {
  const underWay = new TurnsUnderWay();
  const work = async (group: RowGroup): Promise<void> => {
    const added = underWay.add(group.rows.flatMap((row) => turnsOf(row, turns)));
    try {
      const decided = await unlessNotYetAnswered(decideTurns(added.turns));
      if (decided !== undefined) onGroup(group);
    } finally {
      added.release();
    }
  };
  await forEachConcurrently(takeWhile(rowGroups(rows), mayBegin), work, { items: groups });
}

async function* takeWhile<T>(source: AsyncIterable<T>, mayGoOn: () => boolean): AsyncGenerator<T> {
  for await (const item of source) {
    if (!mayGoOn()) return;
    yield item;
  }
}

/** The rows and what was decided of them, in the dataset's order, now that all they need is there. */
export async function* finishedRows(
  rows: AsyncIterable<LaidOutRow>,
  decideTurns: DecideTurns,
  choice: TurnChoice,
): AsyncGenerator<FinishedRow> {
  for await (const group of rowGroups(rows)) {
    const turns = group.rows.map((row) => turnsOf(row, choice));
    const decided = (await decideTurns(turns.flat())).values();
    for (const [i, row] of group.rows.entries()) {
      if (row.kind === 'bad') yield { bad: row };
      else yield { decided: { row, turns: turns[i]!.map(() => decided.next().value!) } };
    }
  }
}

function turnsOf(row: LaidOutRow, choice: TurnChoice): readonly RecycledTurn[] {
  return row.kind === 'bad' ? [] : turnsToRecycle(row, choice);
}
