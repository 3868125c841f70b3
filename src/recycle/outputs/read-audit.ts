import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { ReflectionError } from '../../errors.js';
import type { JsonObject } from '../../util/json-value.js';
import { throwIfAborted } from '../../util/throw-if-aborted.js';
import { runPaths } from '../run/run-paths.js';
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
  let byNumber: JsonObject | undefined;
  for await (const line of createInterface({ input: createReadStream(paths.audit), crlfDelay: Infinity })) {
    throwIfAborted(signal);
    const audit = JSON.parse(line) as JsonObject;
    if (audit.id !== null && String(audit.id) === row) return audit;
    if (String(audit.row) === row) byNumber = audit;
  }
  if (byNumber !== undefined) return byNumber;
  throw new ReflectionError('dataset_unreadable', `The run in ${directory} has no row ${row}.`, {
    remedy: 'Name a row by its own "id" field, or by its number from 1 on.',
  });
}
