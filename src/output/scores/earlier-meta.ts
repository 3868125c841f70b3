import { readFile } from 'node:fs/promises';
import { compareFingerprints, type Fingerprint } from '../../domain/fingerprint.js';
import { ReflectionError } from '../../errors.js';
import { named } from '../../options/option-name.js';
import { isJsonObject, type JsonObject } from '../../util/json-value.js';

/** What earlier attempts at an output have left word of. */
export interface EarlierMeta {
  readonly path: string;
  readonly meta: JsonObject;
  /** Of the latest attempt. */
  readonly fingerprint: Fingerprint;
  /** Of those before it whose lines were taken over although their arithmetic was another. */
  readonly earlierFingerprints: readonly Fingerprint[];
}

/** @throws {ReflectionError} `resume_mismatch` when the file does not tell what the work depends on. */
export async function readEarlierMeta(path: string): Promise<EarlierMeta> {
  const meta = await readJsonObject(path);
  if (meta === undefined || !isJsonObject(meta.fingerprint)) {
    throw new ReflectionError(
      'resume_mismatch',
      `There is unfinished or finished work, but ${path} does not tell its parameters.`,
      { remedy: START_OVER },
    );
  }
  const earlier = Array.isArray(meta.earlier_fingerprints) ? meta.earlier_fingerprints : [];
  return {
    path,
    meta,
    fingerprint: meta.fingerprint as Fingerprint,
    earlierFingerprints: earlier.filter(isJsonObject) as Fingerprint[],
  };
}

/**
 * Makes sure that what is asked for now can go on with earlier work.
 * @param acceptChanges - Go on although the numbers were, or will be, rounded in another way.
 * @throws {ReflectionError} `resume_mismatch`, naming all that differs and both its values.
 */
export function requireMatch(
  { path, fingerprint: earlier }: EarlierMeta,
  fingerprint: Fingerprint,
  acceptChanges: boolean,
): void {
  const { parameters, arithmetic } = compareFingerprints(earlier, fingerprint);
  if (parameters.length > 0) {
    const differences = [...parameters, ...arithmetic].join('; ');
    throw new ReflectionError(
      'resume_mismatch',
      `The earlier work had other parameters (${path}): ${differences}.`,
      { remedy: START_OVER },
    );
  }
  if (arithmetic.length > 0 && !acceptChanges) {
    throw new ReflectionError(
      'resume_mismatch',
      `The earlier work was computed in another way, so its numbers are rounded otherwise (${path}): ${arithmetic.join('; ')}.`,
      {
        remedy: `Give ${named('acceptChanges')} to go on with it all the same, or ${named('force')} to start over.`,
      },
    );
  }
}

const START_OVER = `Give ${named('force')} in place of ${named('resume')} to start over, or restore the options.`;

async function readJsonObject(path: string): Promise<JsonObject | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
