import { access, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { ReflectionError } from '../errors.js';

/** Looked for in the working directory, the first one found is used. */
export const CONFIG_FILES = ['ts', 'js', 'mjs', 'json'].map((ending) => `reflection-tuning.config.${ending}`);

/**
 * The settings of a config file: JSON, or a module with a default export (TypeScript where Node itself can load it).
 * @param file - The file, or undefined for one of {@link CONFIG_FILES}; none of these need exist.
 * @throws {ReflectionError} `invalid_option` naming the file and every setting that is unknown or unusable.
 */
export async function loadConfig<Settings>(
  file: string | undefined,
  schema: z.ZodType<Settings>,
): Promise<Settings> {
  const path = file ?? (await findConfig());
  if (path === undefined) return schema.parse({});
  const checked = schema.safeParse(await readConfig(path));
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.map((key) => JSON.stringify(key)).join(' and ')} is no setting`
      : `${JSON.stringify(issue.path.join('.'))}: ${issue.message}`,
  );
  throw new ReflectionError('invalid_option', `The config file ${path}: ${problems.join('; ')}.`, {
    remedy: 'Settings are named like the flags of `reflection-tuning run --help`, in camel case.',
  });
}

async function findConfig(): Promise<string | undefined> {
  for (const name of CONFIG_FILES) {
    const exists = await access(name).then(
      () => true,
      () => false,
    );
    if (exists) return name;
  }
  return undefined;
}

async function readConfig(path: string): Promise<unknown> {
  try {
    if (path.endsWith('.json')) return JSON.parse(await readFile(path, 'utf8'));
    const module = (await import(pathToFileURL(resolve(path)).href)) as { readonly default?: unknown };
    return module.default;
  } catch (cause) {
    throw new ReflectionError(
      'invalid_option',
      `The config file ${path} cannot be loaded: ${(cause as Error).message}`,
      { remedy: 'Write it as JSON, or as a JavaScript module whose default export is the settings.', cause },
    );
  }
}
