import type { FoundLayout } from '../layout/detect-layout.js';
import { formatCount } from '../util/format.js';

/** How a dataset's rows are read, and what speaks for it, in one line. */
export function describeLayout({ layout, rows, matching, unused }: FoundLayout): string {
  const { name, columns, tags } = layout;
  const mapping = Object.entries(columns).map(([role, column]) =>
    role === column ? role : `${role} in ${JSON.stringify(column)}`,
  );
  const keys = [tags.role, tags.content].filter((key) => key !== undefined);
  const evidence = `${formatCount(matching)} of the first ${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}`;
  return [
    `layout ${name}: ${mapping.join(', ')}`,
    ...(keys.length > 0 ? [`, messages with ${keys.map((key) => JSON.stringify(key)).join(' and ')}`] : []),
    ` (${evidence})`,
    ...(unused.length > 0 ? [`; not used: ${listed(unused)}`] : []),
  ].join('');
}

const MOST_NAMES = 12;

function listed(names: readonly string[]): string {
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return names.slice(0, MOST_NAMES).join(', ') + more;
}
