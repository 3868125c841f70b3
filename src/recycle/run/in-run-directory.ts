import { rm } from 'node:fs/promises';
import { isRereadable } from '../../dataset/input.js';
import { inputFiles } from '../../dataset/inputs/input-files.js';
import { findUsableLayout } from '../../dataset/open-dataset.js';
import { type RereadableDataset, rereadable } from '../../dataset/rereadable.js';
import type { DatasetName } from '../../domain/dataset-name.js';
import { FORMAT_NAMES, type FormatName } from '../../domain/format-name.js';
import { ReflectionError } from '../../errors.js';
import type { FoundLayout, LayoutChoice } from '../../layout/detect-layout.js';
import { STANDARD_OUTPUT } from '../../options/default-output.js';
import { optionError } from '../../options/option-error.js';
import { named } from '../../options/option-name.js';
import { refuseToOverwriteInputs } from '../../output/claim-paths.js';
import { makeDirectory } from '../../output/make-directory.js';
import { OutputLock } from '../../output/output-lock.js';
import { isAbort } from '../../util/is-abort.js';
import { whileWriting } from '../../util/output-error.js';
import { type RunPaths, reflectedPath, runPaths, selectedPath } from './run-paths.js';
import { RunState } from './run-state.js';

export interface RunPlace {
  /** `-` is standard input. */
  readonly dataset: DatasetName;
  /** What it is, where neither its content nor its name tells. */
  readonly format: FormatName | undefined;
  /** The run directory; made if there is none. */
  readonly output: string;
  /** What is said about the layout of the rows. */
  readonly layout: LayoutChoice;
  /** Stop after this many rows. */
  readonly limit: number | undefined;
  /** Other files that the run reads. */
  readonly inputs: readonly string[];
  /** Files outside of the directory that the run writes. */
  readonly outputs: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** What work in a run directory works with. */
export interface RunRoom {
  readonly paths: RunPaths;
  readonly state: RunState;
  /** A copy where the dataset can be read only once. */
  readonly dataset: RereadableDataset;
  /** How its rows are read. */
  readonly found: FoundLayout;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Does work in a run directory, with its state open, no other process in it, and a dataset that can be read any number
 * of times and has a row to work on.
 * @throws {ReflectionError} `output_unwritable`, `dataset_unreadable`, `nothing_scorable`, `journal_unreadable`,
 *   `aborted` where the work gave up because the signal had fired, and what else the work throws.
 */
export async function inRunDirectory<Result>(
  { dataset, format, output, layout, limit, inputs, outputs, signal }: RunPlace,
  work: (room: RunRoom) => Promise<Result>,
): Promise<Result> {
  refuseStandardOutput(output);
  const paths = runPaths(output);
  const written = [
    ...Object.values(paths),
    ...FORMAT_NAMES.flatMap((name) => [selectedPath(paths, name), reflectedPath(paths, name)]),
    ...outputs,
  ];
  await refuseToOverwriteInputs([...(await inputFiles(dataset)), ...inputs], written);
  const look = (file: DatasetName, name?: string) =>
    findUsableLayout(file, layout, { format, name, limit, signal });
  const known = (await isRereadable(dataset)) ? await look(dataset) : undefined;
  await whileWriting(output, () => makeDirectory(output));
  const lock = await whileWriting(output, () => OutputLock.acquire(paths.lock));
  try {
    await using data = await rereadable(dataset, paths.copy, signal);
    // what a run that was killed has left
    if (!data.isCopy) await whileWriting(paths.copy, () => rm(paths.copy, { force: true }));
    const found = known ?? (await look(data.file, data.name));
    using state = RunState.open(paths.state);
    const notes = data.isCopy
      ? [`${data.name} is read more than once, so it was copied to ${data.file}`]
      : [];
    return await work({ paths, state, dataset: data, found, notes });
  } catch (cause) {
    if (cause instanceof ReflectionError || !isAbort(cause, signal)) throw cause;
    throw new ReflectionError('aborted', 'The run was interrupted.', { cause });
  } finally {
    await lock.release();
  }
}

function refuseStandardOutput(output: string): void {
  if (output !== STANDARD_OUTPUT) return;
  throw optionError('output', 'A run has a directory of outputs, which standard output is not.', {
    remedy: `Name a directory as ${named('output')}; one that is called so is ./-.`,
  });
}
