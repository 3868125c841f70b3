import { access, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createJiti } from 'jiti';
import { CONFIG, CONFIGURABLE_COMMANDS, type Config } from '../../options/config.js';
import { optionError } from '../../options/option-error.js';
import { optionProblems } from '../../options/option-problems.js';
import { settingNames } from '../../options/option-schema.js';

/** Looked for in the working directory, the first one found is used. */
export const CONFIG_FILES = ['ts', 'mts', 'js', 'mjs', 'cjs', 'json'].map(
  (ending) => `reflection-tuning.config.${ending}`,
);

/**
 * The options of a config file: JSON, or a module with a default export, in JavaScript or TypeScript.
 * @param file - The file, or undefined for one of {@link CONFIG_FILES}; none of these need exist.
 * @throws {ReflectionError} `invalid_option` naming the file and every option that is unknown or unusable.
 */
export async function loadConfig(file: string | undefined): Promise<Config> {
  const source = file ?? (await findConfig());
  if (source === undefined) return {};
  const given = await readConfig(source);
  const checked = CONFIG.safeParse(given);
  if (checked.success) return checked.data;
  const problems = optionProblems(checked.error, given, namesIn).map(({ path, problem }) =>
    path.length === 0 ? `what it exports ${problem}` : `${JSON.stringify(path.join('.'))} ${problem}`,
  );
  throw optionError('config', `The config file ${source}: ${problems.join('; ')}.`, {
    remedy: 'Options are named like the flags of `reflection-tuning run --help`, in camel case.',
  });
}

/** The options of a command's section, or of all commands. */
function namesIn([section]: readonly string[]): readonly string[] {
  const command = CONFIGURABLE_COMMANDS.find((name) => name === section);
  return command === undefined
    ? [...CONFIGURABLE_COMMANDS.flatMap(settingNames), ...CONFIGURABLE_COMMANDS]
    : settingNames(command);
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
    throw optionError(
      'config',
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
