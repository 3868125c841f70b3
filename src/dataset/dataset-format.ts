import { openByteSource } from './byte-source.js';
import { datasetError } from './dataset-error.js';
import { leadingWhitespace } from './whitespace.js';

/** Rows one to a line, or as the elements of one array. */
export type DatasetFormat = 'lines' | 'array';

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const OPENING_BRACKET = 0x5b;
const CHUNK_BYTES = 4096;

/**
 * How a dataset holds its rows, told by its first byte that is not whitespace.
 * @throws {ReflectionError} `dataset_unreadable` when the file cannot be read.
 */
export async function datasetFormat(file: string): Promise<DatasetFormat> {
  const source = openByteSource(file, CHUNK_BYTES);
  try {
    for await (const chunk of source.chunks) {
      const text = chunk.indexOf(BYTE_ORDER_MARK) === 0 ? chunk.subarray(BYTE_ORDER_MARK.length) : chunk;
      const blank = leadingWhitespace(text);
      if (blank < text.length) return text[blank] === OPENING_BRACKET ? 'array' : 'lines';
    }
    return 'lines';
  } catch (cause) {
    throw datasetError(file, cause);
  } finally {
    source.close();
  }
}
