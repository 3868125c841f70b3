import type { IgnoredCounts } from '../dataset/ignored-fields.js';
import { formatCount } from '../util/format.js';

/** A warning about rows with fields that had no part in what was done, if there are any. */
export function adviseOnIgnored(ignored: IgnoredCounts): string[] {
  const told = Object.entries(ignored).map(
    ([field, count]) => `${formatCount(count)} ${count === 1 ? 'row has' : 'rows have'} a "${field}"`,
  );
  if (told.length === 0) return [];
  return [
    `${told.join(' and ')}, of which nothing was used: the entry of the dataset_info.json names ` +
      'no such column. Name it there if it matters.',
  ];
}
