import { fstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { datasetError } from './dataset-error.js';

/** As a dataset's name: standard input. A file that is called so is `./-`. */
export const STANDARD_INPUT = '-';

/** What messages about rows call an input. */
export function inputName(input: string): string {
  return input === STANDARD_INPUT ? 'standard input' : input;
}

/**
 * Size of a dataset in bytes, compressed if it is: what a row's `endByte` counts towards. Undefined of a pipe or a
 * device, which does not tell.
 * @throws {ReflectionError} `dataset_unreadable` when there is no such file.
 */
export async function datasetBytes(input: string): Promise<number | undefined> {
  try {
    const found = input === STANDARD_INPUT ? fstatSync(0) : await stat(input);
    return found.isFile() ? found.size : undefined;
  } catch (cause) {
    throw datasetError(input, cause);
  }
}

/** Whether an input can be read more than once. */
export async function isRereadable(input: string): Promise<boolean> {
  if (input === STANDARD_INPUT) return false;
  const found = await stat(input).catch(() => undefined);
  // What is not there, or a directory, is for the reader to refuse.
  return found === undefined || found.isFile() || found.isDirectory();
}
