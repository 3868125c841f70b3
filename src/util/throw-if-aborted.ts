import { ReflectionError } from '../errors.js';

/** Throws ReflectionError `aborted` when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new ReflectionError('aborted', 'aborted by the caller', { cause: signal.reason });
}
