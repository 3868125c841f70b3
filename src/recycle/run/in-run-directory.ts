import { resolve } from 'node:path';
import { ReflectionError } from '../../errors.js';
import { makeDirectory } from '../../output/make-directory.js';
import { OutputLock } from '../../output/output-lock.js';
import { isAbort } from '../../util/is-abort.js';
import { whileWriting } from '../../util/output-error.js';
import { type RunPaths, runPaths } from './run-paths.js';
import { RunState } from './run-state.js';

export interface RunPlace {
  readonly dataset: string;
  /** The run directory; made if there is none. */
  readonly output: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does work in a run directory, with its state open and no other process in it.
 * @throws {ReflectionError} `output_unwritable`, `journal_unreadable`, `aborted` where the work gave up because the
 *   signal had fired, and what else the work throws.
 */
export async function inRunDirectory<Result>(
  { dataset, output, signal }: RunPlace,
  work: (paths: RunPaths, state: RunState) => Promise<Result>,
): Promise<Result> {
  const paths = runPaths(output);
  refuseToOverwrite(dataset, output, paths);
  await whileWriting(output, () => makeDirectory(output));
  const lock = await whileWriting(output, () => OutputLock.acquire(paths.lock));
  try {
    using state = RunState.open(paths.state);
    return await work(paths, state);
  } catch (cause) {
    if (cause instanceof ReflectionError || !isAbort(cause, signal)) throw cause;
    throw new ReflectionError('aborted', 'The run was interrupted.', { cause });
  } finally {
    await lock.release();
  }
}

function refuseToOverwrite(dataset: string, output: string, paths: RunPaths): void {
  if (!Object.values(paths).some((path) => resolve(path) === resolve(dataset))) return;
  throw new ReflectionError('output_unwritable', `The dataset ${dataset} is itself an output of ${output}.`, {
    remedy: 'Name another run directory.',
  });
}
