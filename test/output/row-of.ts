import { parseRow } from '../../src/dataset/parse-row.js';
import { readSample } from '../../src/dataset/read-sample.js';
import type { Row } from '../../src/dataset/row.js';

/** The row a dataset with this text in line 1 has. */
export function rowOf(text: string): Row {
  return bytesRowOf(Buffer.from(text));
}

/** The row a dataset with these bytes in line 1 has. */
export function bytesRowOf(bytes: Buffer): Row {
  const raw = { bytes, overflowed: false, line: 1, end: bytes.length };
  const context = { file: 'data.jsonl', index: 0, endByte: bytes.length, maxRowBytes: 1e6, read: readSample };
  return parseRow(raw, context);
}
