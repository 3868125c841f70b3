import { ReflectionError } from '../errors.js';
import type { AskOptions } from './teacher.js';

/** Whether an error is the reason that one of the caller's own signals gave. */
export function isCalledOff(error: unknown, { signal, stopWaiting }: AskOptions): boolean {
  return [signal, stopWaiting].some((own) => own?.aborted && error === own.reason);
}

export function calledOff(cause: unknown): ReflectionError {
  return new ReflectionError('aborted', 'The request to the teacher was called off.', { cause });
}

/** @throws {ReflectionError} `aborted` for a request that was called off before it began. */
export function throwIfCalledOff({ signal, stopWaiting }: AskOptions): void {
  for (const own of [signal, stopWaiting]) if (own?.aborted) throw calledOff(own.reason);
}

/** What a teacher tells whoever still asks it. */
export function closed(): ReflectionError {
  return new ReflectionError('closed', 'The teacher was closed.');
}
