import { plainTable } from '../../src/report/plain-table.js';
import { formatSpread, spreadOf } from '../report/statistics.js';
import type { MicroResult } from './micro-case.js';

/** Time an item of each case, in microseconds. */
export function renderMicro(results: readonly MicroResult[]): string {
  return plainTable({
    head: ['part', 'microseconds', 'per', 'samples'],
    align: ['left', 'right', 'left', 'right'],
    rows: results.map(({ name, unit, samples }) => [
      name,
      formatSpread(spreadOf(samples), (seconds) => (seconds * 1e6).toFixed(2)),
      unit,
      String(samples.length),
    ]),
  });
}
