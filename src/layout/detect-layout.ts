import type { LayoutName } from '../options/choices.js';
import { named } from '../options/option-name.js';
import { isJsonObject, type JsonObject } from '../util/json-value.js';
import { type ColumnConflict, columnsOf, findColumns } from './column-aliases.js';
import type { ColumnMapping, ColumnRole, Layout, MessageTags } from './layout.js';
import { parsePythonLiteral } from './python-literal.js';
import { isPair } from './read-pairs.js';

/** What a user says about the layout; what is left out is found out. */
export interface LayoutChoice {
  readonly name?: LayoutName | undefined;
  readonly columns?: ColumnMapping | undefined;
  /** No column plays a part but those in `columns`. */
  readonly isComplete?: boolean | undefined;
  readonly tags?: MessageTags | undefined;
}

/** How the rows of a dataset are read, and what speaks for it. */
export interface FoundLayout {
  readonly layout: Layout;
  /** Rows looked at, and how many of them have the layout. */
  readonly rows: number;
  readonly matching: number;
  /** Columns that play no part. */
  readonly unused: readonly string[];
}

export type LayoutFinding =
  | ({ readonly kind: 'found' } & FoundLayout)
  | {
      readonly kind: 'not_found';
      /** What is wrong, a clause that follows a colon. */
      readonly found: string;
      /** What to do, a sentence. */
      readonly remedy: string;
    };

/** The columns that a layout reads: all of `needed`, and what else there is of `also`. */
const PARTS: Readonly<Record<LayoutName, { needed: readonly ColumnRole[]; also: readonly ColumnRole[] }>> = {
  alpaca: { needed: ['instruction', 'output'], also: ['input', 'system', 'history', 'tools'] },
  'prompt-completion': { needed: ['instruction', 'output'], also: ['system', 'history', 'tools'] },
  messages: { needed: ['messages'], also: ['system', 'tools'] },
  sharegpt: { needed: ['messages'], also: ['system', 'tools'] },
  'sharegpt-pairs': { needed: ['messages'], also: ['system', 'tools'] },
  preference: {
    needed: ['chosen', 'rejected'],
    also: ['instruction', 'input', 'messages', 'system', 'tools'],
  },
};

/** Of a preference whose chosen answer ends the messages. */
const REJECTED_BESIDE = { needed: ['messages', 'rejected'], also: ['system', 'tools'] } as const;

/**
 * Finds out how the first rows of a dataset are to be read: by their columns' names, and, of a column of messages, by what
 * is in it. The layout that most of them have wins. Pure.
 */
export function detectLayout(rows: readonly JsonObject[], choice: LayoutChoice = {}): LayoutFinding {
  const names = columnsOf(rows);
  const { columns, conflicts } = choice.isComplete
    ? { columns: choice.columns ?? {}, conflicts: [] }
    : findColumns(rows, choice.columns);
  const absent = Object.values(choice.columns ?? {}).filter(
    (column) => rows.length > 0 && !names.has(column),
  );
  if (absent.length > 0) return columnsAbsent(absent, names);
  const votes = new Map<LayoutName, number>();
  for (const row of rows) {
    const name = layoutOf(row, columns, conflicts, choice.tags);
    if (name !== undefined) votes.set(name, (votes.get(name) ?? 0) + 1);
  }
  const [elected] = [...votes].sort(([, a], [, b]) => b - a);
  const name = choice.name ?? elected?.[0] ?? (holdsLists(rows, columns.messages) ? 'messages' : undefined);
  if (name === undefined) return nothingFound(names, rows.length);

  const isBeside = name === 'preference' && columns.chosen === undefined && columns.messages !== undefined;
  const { needed, also } = isBeside ? REJECTED_BESIDE : PARTS[name];
  const parts: readonly ColumnRole[] = [...needed, ...also];
  const conflict = conflicts.find(({ role }) => parts.includes(role));
  if (conflict !== undefined) return conflictFound(conflict);
  const missing = needed.filter((role) => columns[role] === undefined);
  if (missing.length > 0) return partsMissing(name, missing, names);

  const used = parts.flatMap((role) => (columns[role] === undefined ? [] : [[role, columns[role]] as const]));
  const layout: Layout = {
    name,
    columns: Object.fromEntries(used),
    ...(choice.isComplete && { isComplete: true }),
    tags: choice.tags ?? {},
  };
  return {
    kind: 'found',
    layout,
    rows: rows.length,
    matching: matchingVotes(votes, name),
    unused: [...names].filter((column) => !used.some(([, taken]) => taken === column)),
  };
}

/** The layout that one row has by itself, if any. */
function layoutOf(
  row: JsonObject,
  columns: ColumnMapping,
  conflicts: readonly ColumnConflict[],
  tags: MessageTags | undefined,
): LayoutName | undefined {
  const candidates = (role: ColumnRole) => {
    const named = conflicts.find((conflict) => conflict.role === role)?.columns ?? [columns[role]];
    return named.filter((column) => column !== undefined);
  };
  const valuesOf = (role: ColumnRole) =>
    candidates(role).flatMap((column) =>
      row[column] === undefined || row[column] === null ? [] : [row[column]],
    );
  // of texts that are missing the row itself is to tell
  const isThere = (role: ColumnRole) => candidates(role).some((column) => column in row);
  const has = (role: ColumnRole) => valuesOf(role).length > 0;
  const messages = valuesOf('messages')
    .map((value) => messagesLayout(value, tags))
    .find((name) => name !== undefined);
  if (has('rejected') && (has('chosen') || messages !== undefined)) return 'preference';
  if (messages !== undefined) return messages;
  if (!isThere('instruction') || !isThere('output')) return undefined;
  const isPublished =
    columns.instruction?.toLowerCase() === 'prompt' && columns.output?.toLowerCase() === 'completion';
  return isPublished ? 'prompt-completion' : 'alpaca';
}

/** Messages are read by one reader, by whichever keys they name their speakers. */
function matchingVotes(votes: ReadonlyMap<LayoutName, number>, name: LayoutName): number {
  const alike: readonly LayoutName[] =
    name === 'messages' || name === 'sharegpt' ? ['messages', 'sharegpt'] : [name];
  return alike.reduce((sum, other) => sum + (votes.get(other) ?? 0), 0);
}

/** Whether there is a column of messages, though none of the rows looked at has one that tells how it is spelled. */
function holdsLists(rows: readonly JsonObject[], column: string | undefined): boolean {
  return column !== undefined && rows.some((row) => Array.isArray(row[column]));
}

/** What kind of messages a value holds, told by the first of them. */
function messagesLayout(value: unknown, tags: MessageTags = {}): LayoutName | undefined {
  const first = firstMessage(value);
  if (!isJsonObject(first)) return undefined;
  const has = (key: string) => first[key] !== undefined && first[key] !== null;
  if (has(tags.role ?? 'role')) return 'messages';
  if (has('from')) return 'sharegpt';
  return isPair(first) ? 'sharegpt-pairs' : undefined;
}

function firstMessage(value: unknown): unknown {
  if (typeof value !== 'string') return Array.isArray(value) ? value[0] : undefined;
  for (const parse of [JSON.parse, parsePythonLiteral]) {
    try {
      const list: unknown = parse(value);
      return Array.isArray(list) ? list[0] : undefined;
    } catch {
      // it may be spelled the other way
    }
  }
  return undefined;
}

type NotFound = Extract<LayoutFinding, { kind: 'not_found' }>;

function nothingFound(names: ReadonlySet<string>, rows: number): NotFound {
  const what = rows === 0 ? 'none of them is an object' : `their columns are ${listed(names)}`;
  return {
    kind: 'not_found',
    found: `the first rows have no layout that is known; ${what}`,
    remedy: `Say what the columns are with ${named('map')}, e.g. instruction=question,output=reply or messages=turns.`,
  };
}

function conflictFound({ role, columns }: ColumnConflict): NotFound {
  return {
    kind: 'not_found',
    found: `${columns.map((column) => JSON.stringify(column)).join(' and ')} could each be the ${role}`,
    remedy: `Say which one is with ${named('map')}, e.g. ${role}=${columns[0]}.`,
  };
}

function columnsAbsent(absent: readonly string[], names: ReadonlySet<string>): NotFound {
  const list = absent.map((column) => JSON.stringify(column)).join(' and no ');
  return {
    kind: 'not_found',
    found: `the first rows have no column ${list}; their columns are ${listed(names)}`,
    remedy: `Name columns as the rows spell them with ${named('map')}.`,
  };
}

function partsMissing(
  name: LayoutName,
  missing: readonly ColumnRole[],
  names: ReadonlySet<string>,
): NotFound {
  return {
    kind: 'not_found',
    found: `the layout ${name} needs a column for ${missing.join(' and one for ')}, and none of the columns ${listed(names)} has a name known for it`,
    remedy: `Name it with ${named('map')} ${missing.map((role) => `${role}=COLUMN`).join(',')}, or choose another ${named('layout')}.`,
  };
}

function listed(names: ReadonlySet<string>): string {
  const shown = [...names].slice(0, MOST_NAMES).map((name) => JSON.stringify(name));
  return shown.join(', ') + (names.size > MOST_NAMES ? ` and ${names.size - MOST_NAMES} more` : '');
}

const MOST_NAMES = 20;
