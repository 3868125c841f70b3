import { readFile } from 'node:fs/promises';
import { ReflectionError } from '../errors.js';
import { isJsonObject, type JsonObject } from '../util/json-value.js';

/** Every parameter that decides what a row's line is, except the row itself. */
export type Fingerprint = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Reads a meta file, provided it was written with the same parameters.
 * @throws {ReflectionError} `resume_mismatch`, naming each parameter that differs and both its values.
 */
export async function readMatchingMeta(path: string, fingerprint: Fingerprint): Promise<JsonObject> {
  const meta = await readMeta(path);
  const earlier = meta?.fingerprint;
  if (meta === undefined || !isJsonObject(earlier)) {
    throw mismatch(`There is unfinished or finished work, but ${path} does not tell its parameters`);
  }
  const names = [...new Set([...Object.keys(earlier), ...Object.keys(fingerprint)])];
  const differences = names
    .filter((name) => earlier[name] !== fingerprint[name])
    .map((name) => `${name} was ${show(earlier[name])} and is ${show(fingerprint[name])}`);
  if (differences.length > 0) {
    throw mismatch(`The earlier work had other parameters (${path}): ${differences.join('; ')}`);
  }
  return meta;
}

async function readMeta(path: string): Promise<JsonObject | undefined> {
  try {
    const meta: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isJsonObject(meta) ? meta : undefined;
  } catch {
    return undefined;
  }
}

function mismatch(problem: string): ReflectionError {
  return new ReflectionError('resume_mismatch', `${problem}.`, {
    remedy: 'Drop --resume and pass --force to start over, or restore the options.',
  });
}

function show(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
