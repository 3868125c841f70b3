import { stat } from 'node:fs/promises';
import { datasetError } from './dataset-error.js';

/**
 * Size of the dataset's file in bytes, compressed if it is; what a row's `endByte` counts towards.
 * @throws {ReflectionError} `dataset_unreadable` when there is no such file.
 */
export async function datasetBytes(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (cause) {
    throw datasetError(file, cause);
  }
}
