import type { ShownRow } from '../../survey/shown-row.js';
import type { Range, RowFilter } from '../row-filter.js';

/** Whether a row is what a part of a figure stands for. */
export function matches(row: ShownRow, filter: RowFilter): boolean {
  switch (filter.kind) {
    case 'score':
      return isWithin(row[filter.moment]?.[filter.metric], filter.range);
    case 'pair':
      return isWithin(row.before.ifd, filter.ifd) && isWithin(row.before.rifd, filter.rifd);
    case 'length':
      return row.isKept === filter.isKept && isWithin(row.length, filter.range);
    case 'group':
      return row.group === filter.value;
    case 'node':
      return row.path.includes(filter.id);
    case 'link':
      return row.path.some((node, i) => node === filter.from && row.path[i + 1] === filter.to);
    case 'reason':
      return row.reasons.includes(filter.reason);
  }
}

function isWithin(value: number | null | undefined, { from, to }: Range): boolean {
  if (value === null || value === undefined) return false;
  return (from === null || value >= from) && (to === null || value < to);
}
