import { readFile } from 'node:fs/promises';
import { BatchState } from '../../teacher/batch/batch-state.js';
import { isJsonObject, parseJsonIfValid } from '../../util/json-value.js';
import { replaceFile } from '../../util/replace-file.js';
import type { RunSummary } from '../outputs/run-summary.js';
import { markUnfinished } from '../outputs/write-outputs.js';
import {
  compareManifests,
  type ManifestChanges,
  type RunManifest,
  readManifest,
  spellJson,
} from './run-manifest.js';
import type { RunPaths } from './run-paths.js';
import type { RunState } from './run-state.js';

/** What a run directory tells of the attempts before this one. */
export interface EarlierRun {
  /** Undefined when there was none. */
  readonly manifest: RunManifest | undefined;
  /** Undefined while its outputs are missing or stale. */
  readonly summary: RunSummary | undefined;
}

/** @throws {ReflectionError} as {@link readManifest} does. */
export async function readEarlierRun(paths: RunPaths): Promise<EarlierRun> {
  return { manifest: await readManifest(paths.manifest), summary: await readSummary(paths) };
}

/** @throws {ReflectionError} `journal_unreadable` for a file of batches that is damaged. */
export async function changesSince(
  { manifest }: EarlierRun,
  now: RunManifest,
  state: RunState,
  { batches }: RunPaths,
): Promise<ManifestChanges> {
  if (manifest === undefined) return { invalidated: [], harmless: [] };
  const { tickets } = await BatchState.open(batches);
  return compareManifests(manifest, now, {
    replies: state.teacherTotals.answered > 0 || tickets.length > 0,
    scores: state.scoreCount > 0,
  });
}

/** The summary of an earlier run that was asked for just this and is finished; undefined otherwise. */
export function finishedSummary({ manifest, summary }: EarlierRun, now: RunManifest): RunSummary | undefined {
  return manifest !== undefined && spellJson(manifest) === spellJson(now) ? summary : undefined;
}

/** Puts a run's manifest in the place of the earlier one's, whose outputs are about to be made anew. */
export async function beginRun(paths: RunPaths, manifest: RunManifest): Promise<void> {
  await markUnfinished(paths);
  await replaceFile(paths.manifest, spellJson(manifest));
}

/** One that counts by names of an earlier version is none: the outputs beside it use such names too. */
async function readSummary({ summary }: RunPaths): Promise<RunSummary | undefined> {
  const found = parseJsonIfValid(await readFile(summary, 'utf8').catch(() => ''));
  const isOurs =
    isJsonObject(found) &&
    isJsonObject(found.teacher) &&
    'failed' in found.teacher &&
    'failures' in found.teacher;
  return isOurs ? (found as unknown as RunSummary) : undefined;
}
