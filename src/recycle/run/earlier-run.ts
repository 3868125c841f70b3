import { readFile } from 'node:fs/promises';
import type { Fingerprint } from '../../domain/fingerprint.js';
import { ReflectionError } from '../../errors.js';
import { named } from '../../options/option-name.js';
import { BatchState } from '../../teacher/batch/batch-state.js';
import { isJsonObject, parseJsonIfValid } from '../../util/json-value.js';
import { replaceFile } from '../../util/replace-file.js';
import type { RunSummary } from '../outputs/run-summary.js';
import { markUnfinished } from '../outputs/write-outputs.js';
import {
  compareManifests,
  compareTeachers,
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
  /** Who was asked last, be it by `reflect`; null when nobody was. */
  readonly teacher: Fingerprint | null;
  /** Undefined while its outputs are missing or stale. */
  readonly summary: RunSummary | undefined;
}

/** @throws {ReflectionError} as {@link readManifest} does. */
export async function readEarlierRun(paths: RunPaths): Promise<EarlierRun> {
  const manifest = await readManifest(paths.manifest);
  return { manifest, teacher: await readTeacher(paths, manifest), summary: await readSummary(paths) };
}

/** @throws {ReflectionError} `journal_unreadable` for a file of batches that is damaged. */
export async function changesSince(
  { manifest, teacher }: EarlierRun,
  now: RunManifest,
  state: RunState,
  paths: RunPaths,
): Promise<ManifestChanges> {
  return compareManifests({ ...(manifest ?? now), teacher }, now, {
    replies: await hasReplies(state, paths),
    scores: state.scoreCount > 0,
  });
}

/**
 * What `reflect` would lay waste by asking this teacher, a sentence each.
 * @throws {ReflectionError} as {@link readManifest} does, and `journal_unreadable` for a file of batches that is damaged.
 */
export async function repliesLostTo(
  now: Fingerprint,
  state: RunState,
  paths: RunPaths,
): Promise<readonly string[]> {
  const before = await readTeacher(paths, await readManifest(paths.manifest));
  return (await hasReplies(state, paths)) ? compareTeachers(before, now) : [];
}

/** @throws {ReflectionError} `resume_mismatch` where earlier work would be laid waste and that is not accepted. */
export function refuseWaste(
  invalidated: readonly string[],
  {
    output,
    acceptChanges = false,
  }: { readonly output: string; readonly acceptChanges?: boolean | undefined },
): void {
  if (invalidated.length === 0 || acceptChanges) return;
  throw new ReflectionError(
    'resume_mismatch',
    `${output} was made in another way. Now ${invalidated.join('; and ')}.`,
    {
      remedy: `Restore the options, name another directory, or give ${named('acceptChanges')}; nothing is deleted.`,
    },
  );
}

/** Replies that can be used, or are paid for and on their way. */
async function hasReplies(state: RunState, { batches }: RunPaths): Promise<boolean> {
  return state.teacherTotals.answered > 0 || (await BatchState.open(batches)).tickets.length > 0;
}

/** Earlier versions had it in the manifest alone. */
async function readTeacher(
  { teacher }: RunPaths,
  manifest: RunManifest | undefined,
): Promise<Fingerprint | null> {
  const found = parseJsonIfValid(await readFile(teacher, 'utf8').catch(() => ''));
  return isJsonObject(found) ? (found as Fingerprint) : (manifest?.teacher ?? null);
}

/** The summary of an earlier run that was asked for just this and is finished; undefined otherwise. */
export function finishedSummary({ manifest, summary }: EarlierRun, now: RunManifest): RunSummary | undefined {
  return manifest !== undefined && spellJson(manifest) === spellJson(now) ? summary : undefined;
}

/** Puts a run's manifest in the place of the earlier one's, whose outputs are about to be made anew. */
export async function beginRun(paths: RunPaths, manifest: RunManifest): Promise<void> {
  await markUnfinished(paths);
  await replaceFile(paths.manifest, spellJson(manifest));
  if (manifest.teacher !== null) await keepTeacher(paths, manifest.teacher);
}

/** Writes down who is about to be asked. */
export async function keepTeacher(paths: RunPaths, teacher: Fingerprint): Promise<void> {
  await replaceFile(paths.teacher, spellJson(teacher));
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
