import { rename, rm, stat } from 'node:fs/promises';
import { ReflectionError } from '../errors.js';
import type { JsonObject } from '../util/json-value.js';
import { type Fingerprint, readMatchingMeta } from './fingerprint.js';
import { FinishedLines } from './finished-lines.js';
import type { OutputPaths } from './output-paths.js';

/** What to do about files of this output that exist already. */
export type ExistingOutput =
  /** Refuse. */
  | 'new'
  /** Keep the rows they hold, provided they were made with the same parameters. */
  | 'resume'
  /** Start over; a finished output is replaced only when the new one is finished too. */
  | 'force';

/** What earlier attempts have left to build on. */
export type EarlierWork =
  | { readonly kind: 'none' }
  | { readonly kind: 'unfinished'; readonly lines: FinishedLines }
  | { readonly kind: 'complete'; readonly meta: JsonObject };

/**
 * Takes stock of what lies at an output's paths, which no other process may be using.
 * @throws {ReflectionError} `output_unwritable` where `existing` forbids to go on; `resume_mismatch`.
 */
export async function takeUpEarlierWork(
  paths: OutputPaths,
  fingerprint: Fingerprint,
  existing: ExistingOutput,
): Promise<EarlierWork> {
  const hasOutput = await exists(paths.output);
  const unfinished = (await exists(paths.partial)) || (await exists(paths.previous));
  if (existing === 'force') {
    await removeUnfinished(paths);
    return { kind: 'none' };
  }
  if (existing === 'new') {
    if (unfinished) throw inTheWay(`${paths.output} is unfinished`);
    if (hasOutput) throw inTheWay(`${paths.output} exists already`);
    return { kind: 'none' };
  }
  if (unfinished) {
    await readMatchingMeta(paths.partialMeta, fingerprint);
    return { kind: 'unfinished', lines: await gather(paths) };
  }
  if (!hasOutput) return { kind: 'none' };
  const meta = await readMatchingMeta(paths.meta, fingerprint);
  await removeUnfinished(paths);
  return { kind: 'complete', meta };
}

/** Deletes everything but the finished output. */
export async function removeUnfinished(paths: OutputPaths): Promise<void> {
  for (const path of [paths.previous, paths.partial, paths.partialMeta]) await rm(path, { force: true });
}

/** Brings the lines of all attempts into one file. Killed at any point, it loses none when run again. */
async function gather({ partial, previous }: OutputPaths): Promise<FinishedLines> {
  if (!(await exists(previous))) await rename(partial, previous);
  const lines = await FinishedLines.open(previous);
  try {
    if (await exists(partial)) {
      await lines.absorb(partial);
      await rm(partial);
    }
  } catch (error) {
    await lines.close();
    throw error;
  }
  return lines;
}

async function exists(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (found !== undefined && !found.isFile()) {
    const what = found.isDirectory() ? 'a directory' : 'no regular file';
    throw new ReflectionError('output_unwritable', `Cannot write ${path}: it is ${what}.`, {
      remedy: 'Choose the path of a file.',
    });
  }
  return found !== undefined;
}

function inTheWay(problem: string): ReflectionError {
  return new ReflectionError('output_unwritable', `${problem}.`, {
    remedy: 'Pass --resume to go on with it, --force to start over, or choose another path.',
  });
}
