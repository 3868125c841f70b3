import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ReflectionError } from '../errors.js';
import { isAbort } from './is-abort.js';

/** sha256 of a file's bytes in hex, read in a stream. Rejects with ReflectionError `aborted`, or as reading does. */
export async function fileHash(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) });
  try {
    for await (const chunk of stream) hash.update(chunk as Buffer);
  } catch (cause) {
    if (!isAbort(cause, signal)) throw cause;
    throw new ReflectionError('aborted', `reading ${path} was aborted`, { cause });
  }
  return hash.digest('hex');
}
