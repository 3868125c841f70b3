import { createReadStream } from 'node:fs';
import { type Line, LineSplitter } from './line-splitter.js';

const CHUNK_BYTES = 256 * 1024;

/** The lines of a file that are complete, i.e. end in a line feed, in batches. */
export async function* linesOfFile(path: string): AsyncGenerator<Iterable<Line>, void> {
  const splitter = new LineSplitter(Number.POSITIVE_INFINITY);
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }))
    yield splitter.push(chunk);
}
