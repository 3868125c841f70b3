import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../helpers/paths.js';

/** A file that `bench/baselines/column_files.py` has written. */
export function columnFile(name: string): string {
  return join(PROJECT_ROOT, 'test/fixtures/columns', name);
}

/** The rows that it has written beside them as JSON. */
export async function expectedRows(name: 'chats' | 'types', count?: number): Promise<readonly string[]> {
  const text = await readFile(columnFile(`${name}.jsonl`), 'utf8');
  return text.trimEnd().split('\n').slice(0, count);
}
