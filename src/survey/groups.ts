import { NumberList } from '../util/number-list.js';
import { quantilesOf } from './quantiles.js';
import type { RowTable } from './row-table.js';
import type { GroupSurvey, Groups } from './survey.js';

/** More groups than this are no picture. */
const MOST_GROUPS = 20;
/** More values than this are not told apart: a field that differs in every row makes no groups. */
const MOST_VALUES = 1000;
/** What the rows are put under whose value is not told apart. It cannot be a value: those are at most 200 long. */
const OTHER = ' '.repeat(201);

/** Names the group of each row by the value of a field, in bounded memory. */
export class GroupNames {
  readonly #known = new Set<string>();

  name(value: unknown): string {
    const name = describe(value);
    if (!this.#known.has(name) && this.#known.size >= MOST_VALUES) return OTHER;
    this.#known.add(name);
    return name;
  }
}

function describe(value: unknown): string {
  if (value === undefined) return '(none)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 197)}...` : text;
}

interface Members {
  rows: number;
  kept: number;
  readonly ifd: NumberList;
  readonly rifd: NumberList;
}

export function surveyGroups(table: RowTable, isKept: Uint8Array, field: string): Groups {
  const groups = new Map<string, Members>();
  const { ifd, rifd } = table.scores.before;
  for (let row = 0; row < table.rows; row++) {
    const name = table.group(row);
    const members = groups.get(name) ?? { rows: 0, kept: 0, ifd: new NumberList(), rifd: new NumberList() };
    groups.set(name, members);
    members.rows++;
    members.kept += isKept[row]!;
    for (const [list, column] of [[members.ifd, ifd] as const, [members.rifd, rifd] as const]) {
      const score = column.at(row);
      if (score.kind === 'value') list.push(score.value);
    }
  }
  const named = [...groups]
    .filter(([name]) => name !== OTHER)
    .sort(([a, x], [b, y]) => y.rows - x.rows || (a < b ? -1 : 1));
  const rest = named.slice(MOST_GROUPS);
  return {
    field,
    groups: named.slice(0, MOST_GROUPS).map(([value, members]) => surveyOf(value, members)),
    others: {
      values: rest.length,
      rows: rest.reduce((sum, [, { rows }]) => sum + rows, groups.get(OTHER)?.rows ?? 0),
    },
  };
}

function surveyOf(value: string, { rows, kept, ifd, rifd }: Members): GroupSurvey {
  const quantiles = (list: NumberList) => (list.length === 0 ? null : quantilesOf(list.values().sort()));
  return { value, rows, kept, ifd: quantiles(ifd), rifd: quantiles(rifd) };
}
