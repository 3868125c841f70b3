import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { ReflectionError } from '../errors.js';

/**
 * Makes a directory, and those above it that are missing. Node's own recursive `mkdir` never comes back from file
 * systems that make none, such as /proc.
 * @throws {ReflectionError} `output_unwritable` on such a file system and where a file is in the way; the system's
 * error otherwise.
 */
export async function makeDirectory(path: string): Promise<void> {
  const missing: string[] = [];
  let existing = resolve(path);
  for (; !(await isThere(existing)); existing = dirname(existing)) missing.unshift(existing);
  if (!(await stat(existing)).isDirectory()) {
    throw new ReflectionError('output_unwritable', `${existing} is a file, but a directory is needed.`, {
      remedy: 'Name a directory that is there, or one to be made.',
    });
  }
  for (const directory of missing) {
    await mkdir(directory).catch((cause: NodeJS.ErrnoException) => {
      // Somebody else may make it at the same time.
      if (cause.code === 'EEXIST') return;
      if (cause.code !== 'ENOENT') throw cause;
      throw new ReflectionError('output_unwritable', `No directory can be made in ${dirname(directory)}.`, {
        remedy: 'Choose a path on an ordinary file system.',
        cause,
      });
    });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
