import { parseRow } from '../../src/dataset/parse-row.js';
import type { Row } from '../../src/dataset/row.js';

/** The row a dataset with this text in line 1 has. */
export function rowOf(text: string): Row {
  const raw = { bytes: Buffer.from(text), overflowed: false, line: 1, end: text.length };
  return parseRow(raw, { file: 'data.jsonl', index: 0, endByte: text.length, maxRowBytes: 1e6 });
}
