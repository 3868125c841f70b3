import { access, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import type { z } from 'zod';
import { ReflectionError } from '../../errors.js';

/** Looked for in the working directory, the first one found is used. */
export const CONFIG_FILES = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map(
  (ending) => `reflection-tuning.config.${ending}`,
);

/**
 * The settings of a config file: JSON, or a module with a default export, in JavaScript or TypeScript.
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
  const problems = checked.error.issues.map((issue) => {
    const where = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys')
      return where === '' ? issue.message : `${JSON.stringify(where)}: ${issue.message}`;
    const names = issue.keys.map((key) => JSON.stringify(where === '' ? key : `${where}.${key}`));
    return `${names.join(' and ')} is no setting`;
  });
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
    await access(path);
    if (path.endsWith('.json')) return JSON.parse(await readFile(path, 'utf8'));
    // Node itself reads TypeScript only from version 22 on.
    const jiti = createJiti(import.meta.url, { fsCache: false });
    return await jiti.import(resolve(path), { default: true });
  } catch (cause) {
    throw new ReflectionError(
      'invalid_option',
      `The config file ${path} cannot be loaded: ${firstLine((cause as Error).message)}`,
      {
        remedy:
          'Write it as JSON, or as a JavaScript or TypeScript module whose default export is the settings.',
        cause,
      },
    );
  }
}

/** Loaders add to their messages where they looked and how they got there. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0]!;
}
