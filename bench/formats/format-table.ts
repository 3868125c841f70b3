import type { PlainTable } from '../../src/report/plain-table.js';
import { formatCount } from '../../src/util/format.js';
import type { FormatResult } from './measure-formats.js';

/** What reading and writing take in each format. */
export function formatTable(results: readonly FormatResult[]): PlainTable {
  const head = ['format', 'MB', 'rows/s read', 'peak MB', 'rows/s written', 'peak MB'];
  return {
    head,
    align: head.map((_, i) => (i === 0 ? 'left' : 'right')),
    rows: results.map(({ format, read, written }) => [
      format,
      megabytes(read.fileBytes),
      formatCount(Math.round(read.rowsPerSecond)),
      megabytes(read.peakBytes),
      written === undefined ? '' : formatCount(Math.round(written.rowsPerSecond)),
      written === undefined ? '' : megabytes(written.peakBytes),
    ]),
  };
}

function megabytes(bytes: number): string {
  return formatCount(Math.round(bytes / 1e6));
}
