import { fstatSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type DatasetName, namesIn } from '../domain/dataset-name.js';
import { datasetError } from './dataset-error.js';
import { inputFiles } from './inputs/input-files.js';
import { STANDARD_INPUT } from './inputs/standard-input.js';

/** What messages about rows call an input. */
export function inputName(dataset: DatasetName): string {
  const [first = '', ...more] = namesIn(dataset);
  const name = first === STANDARD_INPUT ? 'standard input' : first;
  return more.length === 0 ? name : `${name} and ${more.length} more`;
}

/**
 * Size of a dataset in bytes, compressed if it is: what a row's `endByte` counts towards. Undefined of a pipe or a
 * device, which does not tell.
 * @throws {ReflectionError} `dataset_unreadable` when there is no such file.
 */
export async function datasetBytes(dataset: DatasetName): Promise<number | undefined> {
  let total: number | undefined = 0;
  for (const file of await inputFiles(dataset)) {
    const bytes = await inputBytes(file);
    total = total === undefined || bytes === undefined ? undefined : total + bytes;
  }
  return total;
}

/** The same of one file. */
export async function inputBytes(file: string): Promise<number | undefined> {
  try {
    const found = file === STANDARD_INPUT ? fstatSync(0) : await stat(file);
    return found.isFile() ? found.size : undefined;
  } catch (cause) {
    throw datasetError(file, cause);
  }
}

/** Whether all of a dataset can be read more than once. */
export async function isRereadable(dataset: DatasetName): Promise<boolean> {
  for (const name of namesIn(dataset)) {
    if (name === STANDARD_INPUT) return false;
    const found = await stat(name).catch(() => undefined);
    // What is not there, or a directory, is for the reader to refuse.
    if (found !== undefined && !found.isFile() && !found.isDirectory()) return false;
  }
  return true;
}
