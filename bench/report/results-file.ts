import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Surroundings } from './machine.js';

/** Appends one line of JSON to `<folder>/<date>.jsonl` and returns that path. Nothing is ever overwritten. */
export async function appendResult(
  folder: string,
  surroundings: Surroundings,
  result: Readonly<Record<string, unknown>>,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${surroundings.time.slice(0, 10)}.jsonl`);
  await appendFile(path, `${JSON.stringify({ ...surroundings, ...result })}\n`);
  return path;
}
