import { ReflectionError } from '../errors.js';
import type { AskOptions } from './teacher.js';

/** Whether an error is the reason that one of the caller's own signals gave. */
export function isCalledOff(error: unknown, { signal, stopWaiting }: AskOptions): boolean {
  return [signal, stopWaiting].some((own) => own?.aborted && error === own.reason);
}

export function calledOff(cause: unknown): ReflectionError {
  return new ReflectionError('aborted', 'The request to the teacher was called off.', { cause });
}
