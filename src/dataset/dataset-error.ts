import { ColumnsError } from '../columns/columns-error.js';
import { ReflectionError } from '../errors.js';

const CAUSES: Readonly<Record<string, { problem: string; remedy: string }>> = {
  ENOENT: { problem: 'does not exist', remedy: 'Check the path.' },
  ENOTDIR: { problem: 'does not exist: part of its path is a file', remedy: 'Check the path.' },
  EISDIR: { problem: 'is a directory', remedy: 'Name one .jsonl or .json file in it.' },
  EACCES: { problem: 'may not be read', remedy: 'Check the permissions of the file and its directories.' },
  Z_DATA_ERROR: { problem: 'holds damaged gzip data', remedy: 'Fetch or compress the file again.' },
  ZSTD_DATA_ERROR: {
    problem: 'holds damaged Zstandard data',
    remedy: 'Fetch or compress the file again.',
  },
  ZSTD_CUT_OFF: {
    problem: 'is a Zstandard file that ends too early',
    remedy: 'Fetch or compress the file again.',
  },
  ZSTD_WINDOW: {
    problem: 'is packed with a window of more than 128 MiB',
    remedy: 'Compress it again without --long or --ultra, or unpack it first.',
  },
  Z_BUF_ERROR: { problem: 'is a gzip file that ends too early', remedy: 'Fetch or compress the file again.' },
};

/** A dataset that cannot be read, `input` being named as users do. */
export function unreadable(
  input: string,
  problem: string,
  details: { readonly remedy: string; readonly cause?: unknown },
): ReflectionError {
  const subject = input === '-' ? 'Standard input' : `The dataset ${input}`;
  return new ReflectionError('dataset_unreadable', `${subject} ${problem}.`, details);
}

/** What reading `input` failed with, as `dataset_unreadable`; anything that is no system error stays as it is. */
export function datasetError(input: string, cause: unknown): unknown {
  if (cause instanceof ColumnsError) {
    return unreadable(input, cause.problem, { remedy: cause.remedy, cause });
  }
  if (!(cause instanceof Error) || !('code' in cause) || cause instanceof ReflectionError) return cause;
  const { problem, remedy } = CAUSES[String(cause.code)] ?? {
    problem: `could not be read: ${cause.message}`,
    remedy: 'Check the file and the disk it lies on.',
  };
  return unreadable(input, problem, { remedy, cause });
}
