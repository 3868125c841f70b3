import { ReflectionError } from '../errors.js';

/** What ends a run through no fault of its options. */
const RESUMABLE: ReadonlySet<string> = new Set([
  'aborted',
  'worker_lost',
  'budget_exhausted',
  'teacher_unreachable',
  'teacher_rate_limited',
  'teacher_unauthorized',
]);

/** Says how to go on with a run that has ended early. */
export function reportResumable(error: unknown): void {
  if (!(error instanceof ReflectionError) || !RESUMABLE.has(error.code)) return;
  console.error('what is done is kept: the same command goes on from here');
}
