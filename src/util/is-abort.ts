import { ReflectionError } from '../errors.js';

/** Whether work failed because it was called off, and not with something that happened to it meanwhile. */
export function isAbort(error: unknown, signal?: AbortSignal): boolean {
  if (signal?.aborted && error === signal.reason) return true;
  if (error instanceof ReflectionError) return error.code === 'aborted';
  return error instanceof Error && error.name === 'AbortError';
}
