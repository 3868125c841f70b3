import type { Row, SampleRow } from '../dataset/row.js';
import { unlessNotYetAnswered } from './batch-replies.js';
import type { RowStory } from './row-story.js';
import { isSampleRow, RowClaims, type RowWindow, rowWindows } from './row-windows.js';
import { forEachConcurrently } from './settle-all.js';
import type { ToldRow } from './write-outputs.js';

/** Brings rows to their decisions, taking what is known from the state and adding to it what is not. */
export type DecideRows = (rows: readonly SampleRow[]) => Promise<readonly RowStory[]>;

export interface WorkOptions {
  /** Windows under way at a time: while the rows of one wait for the teacher, those of another are scored. */
  readonly windows: number;
  /** Told of every window whose rows are decided. */
  readonly onWindow: (window: RowWindow) => void;
  /** Asked before each window; once it says no, the rest is left for another pass. */
  readonly mayBegin?: () => boolean;
}

/**
 * Gets everything that the rows' decisions need into the state, in whatever order it comes. Windows that are not yet
 * answered are left for another pass.
 */
export async function workThrough(
  rows: AsyncIterable<Row>,
  decideRows: DecideRows,
  { windows, onWindow, mayBegin = () => true }: WorkOptions,
): Promise<void> {
  const claims = new RowClaims();
  const work = async (window: RowWindow): Promise<void> => {
    const claimed = claims.claim(window.rows.filter(isSampleRow));
    try {
      const stories = await unlessNotYetAnswered(decideRows(claimed.rows));
      if (stories !== undefined) onWindow(window);
    } finally {
      claimed.release();
    }
  };
  await forEachConcurrently(takeWhile(rowWindows(rows), mayBegin), work, windows);
}

async function* takeWhile<T>(source: AsyncIterable<T>, mayGoOn: () => boolean): AsyncGenerator<T> {
  for await (const item of source) {
    if (!mayGoOn()) return;
    yield item;
  }
}

/** The rows' stories in the dataset's order, now that all they need is there. */
export async function* tellRows(rows: AsyncIterable<Row>, decideRows: DecideRows): AsyncGenerator<ToldRow> {
  for await (const window of rowWindows(rows)) {
    const stories = (await decideRows(window.rows.filter(isSampleRow))).values();
    for (const row of window.rows) {
      yield row.kind === 'bad' ? { bad: row } : { story: stories.next().value! };
    }
  }
}
