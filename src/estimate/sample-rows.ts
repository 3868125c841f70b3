import type { LaidOutRow, OpenDataset } from '../dataset/open-dataset.js';
import { BottomRows } from '../survey/bottom-rows.js';

/** Rows at random, and how many there are. */
export interface SampledRows {
  readonly total: number;
  /** In random order. */
  readonly rows: readonly LaidOutRow[];
}

/**
 * Draws rows of a dataset without replacement, each as likely as any other, in one pass. The same rows of the same
 * number: what is drawn follows from the rows' places.
 */
export async function sampleRows(rows: OpenDataset['rows'], size: number): Promise<SampledRows> {
  const drawn = new BottomRows<LaidOutRow>(size);
  let total = 0;
  for await (const row of rows) {
    const priority = scattered(total++);
    if (drawn.wants(priority)) drawn.add(priority, row);
  }
  return { total, rows: drawn.rows() };
}

/** A number from 0 to 2^32 that looks random; the finisher of MurmurHash3, which maps no two numbers onto one. */
function scattered(number: number): number {
  let bits = number | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
