import { rename, rm, stat } from 'node:fs/promises';
import { ReflectionError } from '../../errors.js';
import { named } from '../../options/option-name.js';
import { noFile } from '../claim-paths.js';
import { isOutputFolder } from '../output-folder.js';
import { type EarlierMeta, readEarlierMeta } from './earlier-meta.js';
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

/** What earlier attempts have left to build on, or to replace. */
export type EarlierWork =
  | { readonly kind: 'none' }
  | { readonly kind: 'unfinished' | 'complete'; readonly meta: EarlierMeta };

/**
 * Takes stock of what lies at an output's paths, which no other process may be using, and changes nothing.
 * @throws {ReflectionError} `output_unwritable` where `existing` forbids to go on; `resume_mismatch` where what is there
 *   does not tell what it depends on.
 */
export async function findEarlierWork(paths: OutputPaths, existing: ExistingOutput): Promise<EarlierWork> {
  const hasOutput = await exists(paths.output);
  const isUnfinished = (await exists(paths.partial)) || (await exists(paths.previous));
  if (existing === 'force') return { kind: 'none' };
  if (existing === 'new') {
    if (isUnfinished) throw inTheWay(`${paths.output} is unfinished`);
    if (hasOutput) throw inTheWay(`${paths.output} exists already`);
    return { kind: 'none' };
  }
  if (isUnfinished) return { kind: 'unfinished', meta: await readEarlierMeta(paths.partialMeta) };
  return hasOutput ? { kind: 'complete', meta: await readEarlierMeta(paths.meta) } : { kind: 'none' };
}

/** Deletes everything but the finished output. */
export async function removeUnfinished(paths: OutputPaths): Promise<void> {
  const { previous, partial, packed, partialMeta } = paths;
  for (const path of [packed, previous, partial, partialMeta])
    await rm(path, { force: true, recursive: path === packed });
}

/** Brings the lines of all attempts into one file. Killed at any point, it loses none when run again. */
export async function gatherLines({ partial, previous }: OutputPaths): Promise<FinishedLines> {
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
  const isOurs = found?.isFile() || (await isOutputFolder(path));
  if (found !== undefined && !isOurs) throw noFile(path, found.isDirectory());
  return found !== undefined;
}

function inTheWay(problem: string): ReflectionError {
  return new ReflectionError('output_unwritable', `${problem}.`, {
    remedy: `Give ${named('resume')} to go on with it, ${named('force')} to start over, or choose another path.`,
  });
}
