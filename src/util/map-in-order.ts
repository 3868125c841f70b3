/**
 * Maps a stream with up to `concurrency` calls under way, yielding results in the order of the input. The source is
 * read only as results are taken, so memory is bounded. When a call rejects or the consumer stops early, the calls
 * under way are awaited before the generator ends, so nothing outlives it.
 */
export async function* mapInOrder<T, R>(
  source: AsyncIterable<T>,
  map: (value: T) => Promise<R>,
  concurrency: number,
): AsyncGenerator<R> {
  const inFlight: Promise<R>[] = [];
  try {
    for await (const value of source) {
      const result = map(value);
      // awaited in order below; a later one that rejects first must not count as unhandled
      result.catch(() => {});
      inFlight.push(result);
      if (inFlight.length >= concurrency) yield await inFlight.shift()!;
    }
    while (inFlight.length > 0) yield await inFlight.shift()!;
  } finally {
    await Promise.allSettled(inFlight);
  }
}
