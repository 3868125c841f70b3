/** One file in a process of its own: packed from lines of rows, or read; sends what that took to its parent. */

import { stat } from 'node:fs/promises';
import { openDataset } from '../../src/dataset/open-dataset.js';
import { packRows } from '../../src/output/pack/pack-rows.js';
import { rowFormatOf } from '../../src/output/row-format.js';
import { peakBytes } from '../trial/peak-memory.js';

export interface FormatTask {
  readonly file: string;
  /** The lines to be packed; without them the file is read. */
  readonly lines?: string;
  readonly rows: number;
}

export interface FormatMeasure {
  readonly rowsPerSecond: number;
  readonly peakBytes: number;
  readonly fileBytes: number;
}

const task = JSON.parse(process.argv[2]!) as FormatTask;
const started = performance.now();
const rows = task.lines === undefined ? await read() : await pack(task.lines);
const seconds = (performance.now() - started) / 1000;
if (rows !== task.rows) throw new Error(`${task.file} has ${rows} rows`);
const measure: FormatMeasure = {
  rowsPerSecond: rows / seconds,
  peakBytes: peakBytes(),
  fileBytes: (await stat(task.file)).size,
};
process.send!(measure, () => process.exit(0));

/** As `score` reads: parsed, laid out, checked. */
async function read(): Promise<number> {
  using data = await openDataset(task.file, {});
  let count = 0;
  for await (const row of data.rows) {
    if (row.kind === 'bad') throw new Error(row.detail);
    count += 1;
  }
  return count;
}

async function pack(lines: string): Promise<number> {
  const never = () => {
    throw new Error('there is no origin');
  };
  await packRows(task.file, rowFormatOf(task.file), { lines, read: never });
  return task.rows;
}
