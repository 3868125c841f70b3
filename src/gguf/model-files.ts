import { stat } from 'node:fs/promises';
import { ReflectionError } from '../errors.js';
import { isAbort } from '../util/is-abort.js';
import { readNumbers } from './read-numbers.js';

/**
 * The files of a model in their order: all of a split GGUF, named `<prefix>-00001-of-00003.gguf` and so on, by the path
 * of the first; else the one file. As llama.cpp has it, a file is part of a split when its metadata says so, and such a
 * file has to be named as above. Rejects with ReflectionError `model_unloadable` where one is missing, where the path is
 * not the first one's or cannot be read, and with `aborted`.
 */
export async function modelFiles(path: string, signal?: AbortSignal): Promise<readonly string[]> {
  const [suffix] = /-\d{5}-of-\d{5}\.gguf$/.exec(path) ?? [];
  if (suffix === undefined) return [path];
  const keys = await readNumbers(path, ['split.no', 'split.count'], signal).catch((cause: Error) => {
    throw unreadable(path, cause, signal);
  });
  const { 'split.no': index = 0, 'split.count': count = 1 } = keys;
  if (count <= 1) return [path];
  if (suffix !== suffixOf(index, count)) {
    throw new ReflectionError(
      'model_unloadable',
      `${path}: is file ${index + 1} of ${count} by its metadata, which its name contradicts`,
      { remedy: `name it …${suffixOf(index, count)}, as it was when the model was split` },
    );
  }
  const prefix = path.slice(0, -suffix.length);
  const files = Array.from({ length: count }, (_, i) => `${prefix}${suffixOf(i, count)}`);
  if (index > 0) {
    throw new ReflectionError('model_unloadable', `${path}: is file ${index + 1} of ${count} of a model`, {
      remedy: `pass the first one: ${files[0]}`,
    });
  }
  for (const file of files) {
    await stat(file).catch((cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'ENOENT' ? 'is missing' : `cannot be read: ${cause.message}`;
      throw new ReflectionError(
        'model_unloadable',
        `${path}: the model is split into ${count} files, of which ${file} ${reason}`,
        { cause, remedy: 'put all files of the model into one folder, under the names they were made with' },
      );
    });
  }
  return files;
}

function suffixOf(index: number, count: number): string {
  const digits = (number: number) => String(number).padStart(5, '0');
  return `-${digits(index + 1)}-of-${digits(count)}.gguf`;
}

/** The error of a model's file that could not be read to its end. */
export function unreadable(
  path: string,
  cause: Error & { readonly code?: string },
  signal: AbortSignal | undefined,
): ReflectionError {
  if (isAbort(cause, signal)) return new ReflectionError('aborted', `reading ${path} was aborted`, { cause });
  const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
  return new ReflectionError('model_unloadable', `${path}: ${reason}`, {
    cause,
    remedy: 'pass the path of a complete GGUF file that can be read',
  });
}
