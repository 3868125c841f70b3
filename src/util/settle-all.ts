/**
 * Waits for all of `work`, also when some of it fails, so that nothing outlives the call.
 * @throws what the first failure in the order of `work` is.
 */
export async function settleAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/**
 * Works through a stream with up to `concurrency` items under way, reading it only as items finish. After a failure
 * nothing further is begun, and what is under way is waited for.
 * @throws what failed first.
 */
export async function forEachConcurrently<T>(
  source: AsyncIterable<T>,
  work: (item: T) => Promise<void>,
  concurrency: number,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const item of source) {
      const done: Promise<void> = work(item)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => underWay.delete(done));
      underWay.add(done);
      if (underWay.size >= concurrency) await Promise.race(underWay);
      if (failure !== undefined) break;
    }
  } finally {
    await Promise.all(underWay);
  }
  if (failure !== undefined) throw failure.error;
}
