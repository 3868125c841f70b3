import Table from 'cli-table3';
import { trimEndCharacters } from '../util/trim-characters.js';

type CharName = keyof NonNullable<NonNullable<ConstructorParameters<typeof Table>[0]>['chars']>;

const NO_LINES: Record<CharName, string> = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

const BLANKS = new Set(' ');

export interface PlainTable {
  /** Set off from the rows by a rule. */
  readonly head?: readonly string[];
  readonly align: readonly ('left' | 'right')[];
  readonly rows: readonly (readonly string[])[];
}

/** Columns two spaces apart, without frame, colour or trailing spaces. Ends without a newline. */
export function plainTable({ head, align, rows }: PlainTable): string {
  const table = new Table({
    head: [...(head ?? [])],
    colAligns: [...align],
    chars: head === undefined ? NO_LINES : { ...NO_LINES, mid: '─', 'mid-mid': '──' },
    // Compact keeps, of all rules between rows, only the one below the head.
    style: { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => trimEndCharacters(line, BLANKS))
    .join('\n');
}
