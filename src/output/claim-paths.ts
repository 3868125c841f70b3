import { stat } from 'node:fs/promises';
import { ReflectionError } from '../errors.js';
import { STANDARD_OUTPUT } from '../options/default-output.js';
import { named } from '../options/option-name.js';
import { fileIdentity } from '../util/link-target.js';
import { isOutputFolder } from './output-folder.js';

/**
 * Makes sure that nothing a command writes is something it reads, under whatever name.
 * @param inputs - Files that it reads; `-` is none.
 * @throws {ReflectionError} `output_unwritable`, naming both.
 */
export async function refuseToOverwriteInputs(
  inputs: readonly string[],
  outputs: readonly string[],
): Promise<void> {
  const written = new Map<string, string>();
  for (const output of outputs) written.set(await fileIdentity(output), output);
  for (const input of inputs) {
    if (input === '-') continue;
    const output = written.get(await fileIdentity(input));
    if (output === undefined) continue;
    throw new ReflectionError(
      'output_unwritable',
      `Writing ${output} would change ${input}, which this command reads.`,
      { remedy: `Name another ${named('output')}.`, option: 'output' },
    );
  }
}

/**
 * Makes sure that nothing is lost by writing an output.
 * @throws {ReflectionError} `output_unwritable` when a file is there and `isForced` is not set, or what is there is no
 * regular file.
 */
export async function refuseExisting(output: string, isForced: boolean): Promise<void> {
  if (output === STANDARD_OUTPUT) return;
  const found = await stat(output).catch(() => undefined);
  if (found === undefined) return;
  const isOurs = found.isFile() || (await isOutputFolder(output));
  if (!isOurs) throw noFile(output, found.isDirectory());
  if (isForced) return;
  throw new ReflectionError('output_unwritable', `${output} exists already.`, {
    remedy: `Give ${named('force')} to replace it, or choose another path.`,
  });
}

/** What lies at an output's path cannot be replaced by a file. */
export function noFile(path: string, isDirectory: boolean): ReflectionError {
  const what = isDirectory ? 'a directory' : 'no regular file';
  return new ReflectionError('output_unwritable', `Cannot write ${path}: it is ${what}.`, {
    remedy: 'Choose the path of a file.',
  });
}
