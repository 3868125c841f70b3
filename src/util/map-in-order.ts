import { type WorkLimit, WorkLoad } from './work-limit.js';

/**
 * Maps a stream with as many calls under way as the limit allows, yielding results in the order of the input. The source
 * is read only as results are taken, so memory is bounded. When a call rejects or the consumer stops early, the calls
 * under way are awaited before the generator ends, so nothing outlives it.
 */
export async function* mapInOrder<T, R>(
  source: AsyncIterable<T>,
  map: (value: T) => Promise<R>,
  limit: WorkLimit<T>,
): AsyncGenerator<R> {
  const load = new WorkLoad(limit);
  const inFlight: { readonly result: Promise<R>; readonly putDown: () => void }[] = [];
  const next = () => {
    const { result, putDown } = inFlight.shift()!;
    putDown();
    return result;
  };
  try {
    for await (const value of source) {
      const result = map(value);
      // awaited in order below; a later one that rejects first must not count as unhandled
      result.catch(() => {});
      inFlight.push({ result, putDown: load.take(value) });
      while (load.isFull) yield await next();
    }
    while (inFlight.length > 0) yield await next();
  } finally {
    await Promise.allSettled(inFlight.map(({ result }) => result));
  }
}
