import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { DatasetName } from '../domain/dataset-name.js';
import { ReflectionError } from '../errors.js';
import { isAbort } from '../util/is-abort.js';
import { whileWriting } from '../util/output-error.js';
import { openInput } from './byte-source.js';
import { unreadable } from './dataset-error.js';
import { datasetBytes, inputName, isRereadable } from './input.js';

/** A dataset that can be read any number of times. */
export interface RereadableDataset<Name extends DatasetName = DatasetName> extends AsyncDisposable {
  readonly file: Name;
  /** What messages call it: the dataset as the user named it. */
  readonly name: string;
  /** In bytes, compressed if it is. */
  readonly bytes: number;
  /** Whether `file` is a copy, which is gone once this is disposed of. */
  readonly isCopy: boolean;
}

/**
 * A regular file is taken as it is; standard input and pipes, which can be read only once, are copied first.
 * @param place - Where the copy goes.
 * @throws {ReflectionError} `dataset_unreadable`, `aborted`, `output_unwritable`.
 */
export async function rereadable<Name extends DatasetName>(
  input: Name,
  place: string,
  signal?: AbortSignal,
): Promise<RereadableDataset<Name | string>> {
  const name = inputName(input);
  if (await isRereadable(input)) {
    const bytes = (await datasetBytes(input)) ?? 0;
    return { file: input, name, bytes, isCopy: false, [Symbol.asyncDispose]: async () => {} };
  }
  if (typeof input !== 'string') {
    throw unreadable(name, 'cannot be read more than once, being in part a pipe', {
      remedy: 'Save it in a file and name that.',
    });
  }
  const remove = () => rm(place, { force: true });
  try {
    await whileWriting(place, () =>
      pipeline(openInput(input), createWriteStream(place), { ...(signal && { signal }) }),
    );
    const { size } = await stat(place);
    return { file: place, name, bytes: size, isCopy: true, [Symbol.asyncDispose]: remove };
  } catch (cause) {
    await remove();
    if (!isAbort(cause, signal)) throw cause;
    throw new ReflectionError('aborted', `Reading ${name} was aborted.`, { cause });
  }
}
