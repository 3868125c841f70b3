import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTemporaryFolder } from '../trial/in-temporary-folder.js';
import { writeShortRows } from '../trial/short-rows.js';
import type { FormatMeasure, FormatTask } from './one-format.js';

/** Endings of what is measured, the first as the rows come. */
export const MEASURED = ['jsonl', 'json', 'jsonl.gz', 'jsonl.zst', 'csv', 'parquet', 'arrow'] as const;

export interface FormatResult {
  readonly format: (typeof MEASURED)[number];
  readonly read: FormatMeasure;
  /** How fast lines are made into it; undefined of lines. */
  readonly written: FormatMeasure | undefined;
}

const CHILD = fileURLToPath(new URL('one-format.js', import.meta.url));

/** Writes and reads as many short rows of a dataset in every format, each in a process of its own. */
export async function measureFormats(data: string, rows: number): Promise<readonly FormatResult[]> {
  return inTemporaryFolder(async (folder) => {
    const lines = join(folder, 'rows.jsonl');
    await writeShortRows(data, rows, lines);
    const results: FormatResult[] = [];
    for (const format of MEASURED) {
      const file = join(folder, `rows.${format}`);
      const written = file === lines ? undefined : await measure({ file, lines, rows });
      results.push({ format, written, read: await measure({ file, rows }) });
    }
    return results;
  });
}

function measure(task: FormatTask): Promise<FormatMeasure> {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [JSON.stringify(task)]);
    child.on('message', (result) => resolve(result as FormatMeasure));
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`measuring ${task.file} ended with ${code}`)));
  });
}
