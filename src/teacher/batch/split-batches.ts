/** What a provider takes at once, in one file of lines. */
export interface BatchLimits {
  readonly requests: number;
  readonly bytes: number;
}

/** OpenAI's own; those of other providers are the same or wider. */
export const PROVIDER_LIMITS: BatchLimits = { requests: 50_000, bytes: 200_000_000 };

/** Deals requests out to batches within the limits, in order. One that is too large by itself has a batch of its own. */
export function* splitBatches<Request extends { readonly line: string }>(
  requests: Iterable<Request>,
  limits: BatchLimits,
): Generator<readonly Request[], void> {
  let batch: Request[] = [];
  let bytes = 0;
  for (const request of requests) {
    // With its line feed.
    const size = Buffer.byteLength(request.line) + 1;
    const isFull = batch.length >= limits.requests || bytes + size > limits.bytes;
    if (isFull && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(request);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
