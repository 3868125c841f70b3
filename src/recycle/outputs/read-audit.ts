import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { ReflectionError } from '../../errors.js';
import type { JsonObject } from '../../util/json-value.js';
import { throwIfAborted } from '../../util/throw-if-aborted.js';
import { type RunPaths, runPaths } from '../run/run-paths.js';
import { noRun } from '../run/run-status.js';

/**
 * The audit of one row.
 * @param row - The row's own `id`; or, when no row has that id, its number from 1 on.
 * @throws {ReflectionError} `dataset_unreadable` when the directory is none of a finished run, or has no such row;
 *   `aborted`.
 */
export async function readAudit(
  directory: string,
  row: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<JsonObject> {
  const { audit } = await finishedRun(directory);
  let byNumber: JsonObject | undefined;
  for await (const line of createInterface({ input: createReadStream(audit), crlfDelay: Infinity })) {
    throwIfAborted(signal);
    const told = JSON.parse(line) as JsonObject;
    if (told.id !== null && String(told.id) === row) return told;
    if (String(told.row) === row) byNumber = told;
  }
  if (byNumber !== undefined) return byNumber;
  throw new ReflectionError('dataset_unreadable', `The run in ${directory} has no row ${row}.`, {
    remedy: 'Name a row by its own "id" field, or by its number from 1 on.',
  });
}

/**
 * The files of a finished run.
 * @throws {ReflectionError} `dataset_unreadable` when the directory is none of a run, or the run is not finished.
 */
export async function finishedRun(directory: string): Promise<RunPaths> {
  const paths = runPaths(directory);
  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );
  if (!(await exists(paths.manifest))) throw noRun(directory);
  if (!(await exists(paths.summary))) {
    throw new ReflectionError('dataset_unreadable', `The run in ${directory} is not finished.`, {
      remedy: 'Its audit is written at the end; `status` says how far it is.',
    });
  }
  return paths;
}
