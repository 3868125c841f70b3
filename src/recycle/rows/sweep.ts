import type { Row, SampleRow } from '../../dataset/row.js';
import { forEachConcurrently } from '../../util/settle-all.js';
import type { FinishedRow } from '../outputs/write-outputs.js';
import { unlessNotYetAnswered } from '../replies/batch-replies.js';
import type { DecidedRow } from './decided-row.js';
import { isSampleRow, type RowGroup, RowsUnderWay, rowGroups } from './row-groups.js';

/** Brings rows to their decisions, taking what is known from the state and adding to it what is not. */
export type DecideRows = (rows: readonly SampleRow[]) => Promise<readonly DecidedRow[]>;

export interface SweepOptions {
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
  rows: AsyncIterable<Row>,
  decideRows: DecideRows,
  { groups, onGroup, mayBegin = () => true }: SweepOptions,
): Promise<void> {
  const underWay = new RowsUnderWay();
  const work = async (group: RowGroup): Promise<void> => {
    const added = underWay.add(group.rows.filter(isSampleRow));
    try {
      const decided = await unlessNotYetAnswered(decideRows(added.rows));
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
  rows: AsyncIterable<Row>,
  decideRows: DecideRows,
): AsyncGenerator<FinishedRow> {
  for await (const group of rowGroups(rows)) {
    const decided = (await decideRows(group.rows.filter(isSampleRow))).values();
    for (const row of group.rows) {
      yield row.kind === 'bad' ? { bad: row } : { decided: decided.next().value! };
    }
  }
}
