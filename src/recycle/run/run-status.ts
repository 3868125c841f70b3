import { existsSync } from 'node:fs';
import { ReflectionError } from '../../errors.js';
import { named } from '../../options/option-name.js';
import { lockHolder } from '../../output/output-lock.js';
import { BatchState } from '../../teacher/batch/batch-state.js';
import type { BatchWait } from '../../teacher/batch/batch-teacher.js';
import { type RunManifest, readManifest } from './run-manifest.js';
import { type RunPaths, runPaths } from './run-paths.js';
import { NOTHING_ASKED, type RunProgress, RunState, type TeacherTotals } from './run-state.js';

export interface RunStatus {
  /**
   * `stopped`: not finished, and no process is at work. `begun`: no process is at work, and the one that was ended before it
   * kept anything.
   */
  readonly phase: 'running' | 'begun' | 'stopped' | 'finished';
  /** The process at work, as `<process id> <host>`. */
  readonly process: string | undefined;
  /** Undefined of a run that has not got so far, and of `reflect`, which needs none. */
  readonly manifest: RunManifest | undefined;
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
  using state = RunState.openToRead(paths.state);
  const isRun = manifest !== undefined || existsSync(paths.state) || existsSync(paths.lock);
  if (!isRun) throw noRun(directory);
  const process = await lockHolder(paths.lock);
  const { tickets } = await BatchState.open(paths.batches);
  return {
    phase: process !== undefined ? 'running' : phaseOfIdle(paths, manifest, state),
    process,
    manifest,
    progress: state?.progress,
    scores: state?.scoreCount ?? 0,
    teacher: state?.teacherTotals ?? NOTHING_ASKED,
    waiting: { batches: tickets.length, requests: tickets.flatMap(({ requestIds }) => requestIds).length },
  };
}

function phaseOfIdle(
  { summary, reflected }: RunPaths,
  manifest: RunManifest | undefined,
  state: RunState | undefined,
): RunStatus['phase'] {
  if (state === undefined) return 'begun';
  return existsSync(manifest === undefined ? reflected : summary) ? 'finished' : 'stopped';
}

export function noRun(directory: string): ReflectionError {
  return new ReflectionError('dataset_unreadable', `${directory} is no run directory.`, {
    remedy: `Name the directory that was the ${named('output')} of a run.`,
  });
}
