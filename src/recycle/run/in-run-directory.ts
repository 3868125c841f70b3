import { resolve } from 'node:path';
import { ReflectionError } from '../../errors.js';
import { makeDirectory } from '../../output/make-directory.js';
import { outputError } from '../../output/output-error.js';
import { OutputLock } from '../../output/output-lock.js';
import { type RunPaths, runPaths } from './run-paths.js';
import { RunState } from './run-state.js';

export interface RunPlace {
  readonly dataset: string;
  /** The run directory; made if there is none. */
  readonly output: string;
  readonly signal?: AbortSignal;
}

/**
 * Does work in a run directory, with its state open and no other process in it.
 * @throws {ReflectionError} `output_unwritable`, `journal_unreadable`, `aborted` once the signal has fired, and what
 *   the work throws.
 */
export async function inRunDirectory<Result>(
  { dataset, output, signal }: RunPlace,
  work: (paths: RunPaths, state: RunState) => Promise<Result>,
): Promise<Result> {
  const paths = runPaths(output);
  refuseToOverwrite(dataset, output, paths);
  let lock: OutputLock | undefined;
  try {
    await makeDirectory(output);
    lock = await OutputLock.acquire(paths.lock);
    using state = RunState.open(paths.state);
    return await work(paths, state);
  } catch (cause) {
    if (signal?.aborted) throw new ReflectionError('aborted', 'The run was interrupted.', { cause });
    throw runDirectoryError(output, cause);
  } finally {
    await lock?.release();
  }
}

function runDirectoryError(output: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code !== 'EEXIST')
    return outputError(output, cause);
  return new ReflectionError('output_unwritable', `${output} is a file, but a run needs a directory.`, {
    remedy: 'Name a directory that is there, or one to be made.',
    cause,
  });
}

function refuseToOverwrite(dataset: string, output: string, paths: RunPaths): void {
  if (!Object.values(paths).some((path) => resolve(path) === resolve(dataset))) return;
  throw new ReflectionError('output_unwritable', `The dataset ${dataset} is itself an output of ${output}.`, {
    remedy: 'Name another run directory.',
  });
}
