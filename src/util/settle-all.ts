import { isAbort } from './is-abort.js';
import { type WorkLimit, WorkLoad } from './work-limit.js';

/**
 * Waits for all of `work`, also when some of it fails, so that nothing outlives the call.
 * @throws what the first failure in the order of `work` is; one that is no `aborted`, if there is any: who called the
 *   work off knows that, but not what else went wrong.
 */
export async function settleAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const failures = (await Promise.allSettled(work)).filter((end) => end.status === 'rejected');
  const told = failures.find(({ reason }) => !isAbort(reason)) ?? failures[0];
  if (told !== undefined) throw told.reason;
  return Promise.all(work);
}

/**
 * Works through a stream with as many items under way as the limit allows, reading it only as items finish. After a failure
 * nothing further is begun, and what is under way is waited for.
 * @throws what failed first, an `aborted` only where nothing else did.
 */
export async function forEachConcurrently<T>(
  source: AsyncIterable<T>,
  work: (item: T) => Promise<void>,
  limit: WorkLimit<T>,
): Promise<void> {
  const load = new WorkLoad(limit);
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const item of source) {
      const putDown = load.take(item);
      const done: Promise<void> = work(item)
        .catch((error: unknown) => {
          failure = failure === undefined || isAbort(failure.error) ? { error } : failure;
        })
        .finally(() => {
          putDown();
          underWay.delete(done);
        });
      underWay.add(done);
      while (load.isFull) await Promise.race(underWay);
      if (failure !== undefined) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failure !== undefined) throw failure.error;
}
