import type { SelectResult } from '../select/select.js';
import { formatCount } from '../util/format.js';
import { plainTable } from './plain-table.js';

/** What a selection came to, for people: plain text, ending in a newline. */
export function renderSelection(result: SelectResult): string {
  const selected = ['selected', formatCount(result.selected), result.output];
  const rows =
    result.kind === 'by_policy' ? [selected, ...rejections(result)] : [...counts(result), selected];
  return `${plainTable({ align: ['left', 'right', 'left'], rows })}\n`;
}

function rejections({ rejections }: Extract<SelectResult, { kind: 'by_policy' }>): string[][] {
  return Object.entries(rejections).map(([reason, count]) => [reason, formatCount(count), 'not selected']);
}

const COUNTS_TEXT = {
  count_1: 'both reflected: selected',
  count_2: 'reflected instruction won: not selected',
  count_3: 'reflected response: selected',
  count_4: 'original won: not selected',
} as const;

function counts({ counts }: Extract<SelectResult, { kind: 'as_published' }>): string[][] {
  return (['count_1', 'count_2', 'count_3', 'count_4'] as const).map((name) => [
    name,
    formatCount(counts[name]),
    COUNTS_TEXT[name],
  ]);
}
