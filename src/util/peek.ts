/** A stream whose first bytes have been read. */
export interface Peeked {
  /** At least as many bytes as asked for, fewer only when the stream is shorter. */
  readonly head: Buffer;
  /** What follows `head`. */
  readonly rest: AsyncIterable<Buffer>;
}

/** Reads on until the first `count` bytes of a stream are known. */
export async function peek(stream: AsyncIterable<Buffer>, count: number): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]();
  const parts: Buffer[] = [];
  let size = 0;
  while (size < count) {
    const { done, value } = await iterator.next();
    if (done) break;
    parts.push(value);
    size += value.length;
  }
  return { head: Buffer.concat(parts), rest: { [Symbol.asyncIterator]: () => iterator } };
}

/** The stream `rest` with one chunk in front of it. */
export async function* prepend(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  yield head;
  yield* rest;
}
