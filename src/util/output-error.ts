import { ReflectionError } from '../errors.js';

const CAUSES: Readonly<Record<string, { problem: string; remedy: string }>> = {
  ENOENT: {
    problem: 'its directory does not exist, or takes no files',
    remedy: 'Create the directory or choose another path.',
  },
  ENOTDIR: { problem: 'part of its path is a file', remedy: 'Choose another path.' },
  EACCES: { problem: 'permission denied', remedy: 'Choose a path that you may write to.' },
  EPERM: { problem: 'permission denied', remedy: 'Choose a path that you may write to.' },
  EROFS: { problem: 'the file system is read-only', remedy: 'Choose a path that you may write to.' },
  EPIPE: { problem: 'its reader has stopped reading', remedy: 'Let it read to the end, or write to a file.' },
  ENOSPC: {
    problem: 'no space is left on the disk',
    remedy: 'Free some space and go on; what is written is kept.',
  },
};

/** Does what writes `path`. @throws {ReflectionError} `output_unwritable` when the system does not let it. */
export async function whileWriting<Result>(path: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (cause) {
    throw outputError(path, cause);
  }
}

/** What writing `path` failed with, as `output_unwritable`; anything that is no system error stays as it is. */
export function outputError(path: string, cause: unknown): unknown {
  if (!isSystemError(cause)) return cause;
  const { problem, remedy } = CAUSES[String(cause.code)] ?? {
    problem: cause.message,
    remedy: 'Check the path and the disk it lies on, then go on; what is written is kept.',
  };
  return new ReflectionError('output_unwritable', `Cannot write ${path}: ${problem}.`, { remedy, cause });
}

/** Errors of Node's own checks have a code as well, but no number. */
function isSystemError(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'syscall' in cause && 'errno' in cause;
}
