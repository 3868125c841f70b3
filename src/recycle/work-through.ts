import type { Row, SampleRow } from '../dataset/row.js';
import type { RowStory } from './row-story.js';
import { isSampleRow, RowClaims, type RowWindow, rowWindows } from './row-windows.js';
import { forEachConcurrently } from './settle-all.js';
import type { ToldRow } from './write-outputs.js';

/** Brings rows to their decisions, taking what is known from the state and adding to it what is not. */
export type DecideRows = (rows: readonly SampleRow[]) => Promise<readonly RowStory[]>;

export interface WorkOptions {
  /** Windows under way at a time: while the rows of one wait for the teacher, those of another are scored. */
  readonly windows: number;
  readonly onWindow: (window: RowWindow) => void;
}

/** Gets everything that the rows' decisions need into the state, in whatever order it comes. */
export async function workThrough(
  rows: AsyncIterable<Row>,
  decideRows: DecideRows,
  { windows, onWindow }: WorkOptions,
): Promise<void> {
  const claims = new RowClaims();
  const work = async (window: RowWindow): Promise<void> => {
    const claimed = claims.claim(window.rows.filter(isSampleRow));
    try {
      await decideRows(claimed.rows);
    } finally {
      claimed.release();
    }
    onWindow(window);
  };
  await forEachConcurrently(rowWindows(rows), work, windows);
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
