import { readFile } from 'node:fs/promises';
import { ReflectionError } from '../../errors.js';
import { named } from '../../options/option-name.js';
import { lockHolder } from '../../output/output-lock.js';
import { BatchState } from '../../teacher/batch/batch-state.js';
import type { BatchWait } from '../../teacher/batch/batch-teacher.js';
import { type RunManifest, readManifest } from './run-manifest.js';
import { runPaths } from './run-paths.js';
import { type RunProgress, RunState, type TeacherTotals } from './run-state.js';

export interface RunStatus {
  /** `stopped`: not finished, and no process is at work. */
  readonly phase: 'running' | 'stopped' | 'finished';
  /** The process at work, as `<process id> <host>`. */
  readonly process: string | undefined;
  readonly manifest: RunManifest;
  /** Undefined before the first rows are done. */
  readonly progress: RunProgress | undefined;
  readonly scores: number;
  readonly teacher: TeacherTotals;
  /** The provider's batches that the run waits for; none without a batch API. */
  readonly waiting: BatchWait;
}

/**
 * How far the run in a directory is. May be asked while the run goes on, which it does not disturb.
 * @throws {ReflectionError} `dataset_unreadable` when it is no run directory, `journal_unreadable`.
 */
export async function runStatus(directory: string): Promise<RunStatus> {
  const paths = runPaths(directory);
  const manifest = await readManifest(paths.manifest);
  if (manifest === undefined) throw noRun(directory);
  using state = RunState.openToRead(paths.state);
  const process = await lockHolder(paths.lock);
  const { tickets } = await BatchState.open(paths.batches);
  const isFinished = (await readIfThere(paths.summary)) !== undefined;
  return {
    phase: process !== undefined ? 'running' : isFinished ? 'finished' : 'stopped',
    process,
    manifest,
    progress: state.progress,
    scores: state.scoreCount,
    teacher: state.teacherTotals,
    waiting: { batches: tickets.length, requests: tickets.flatMap(({ requestIds }) => requestIds).length },
  };
}

export function noRun(directory: string): ReflectionError {
  return new ReflectionError('dataset_unreadable', `${directory} is no run directory.`, {
    remedy: `Name the directory that was the ${named('output')} of a run.`,
  });
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
