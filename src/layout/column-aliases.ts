import type { JsonObject } from '../util/json-value.js';
import { COLUMN_ROLES, type ColumnMapping, type ColumnRole, type Layout } from './layout.js';

/**
 * What datasets call the columns that we know, in lower case. Names that often hold something else beside the part
 * they name (`text`, `content`) are left to `--map`.
 */
export const COLUMN_ALIASES: Readonly<Record<ColumnRole, readonly string[]>> = {
  instruction: ['instruction', 'prompt', 'question', 'query', 'problem', 'inputs'],
  input: ['input', 'context'],
  output: ['output', 'response', 'answer', 'completion', 'target', 'targets', 'solution', 'generation'],
  system: ['system', 'system_prompt', 'system_message'],
  history: ['history'],
  messages: ['messages', 'conversations', 'conversation', 'dialog', 'dialogue'],
  tools: ['tools', 'functions'],
  chosen: ['chosen', 'chosen_response', 'chosen_messages'],
  rejected: ['rejected', 'rejected_response', 'rejected_messages'],
};

const ROLE_OF_ALIAS: ReadonlyMap<string, ColumnRole> = new Map(
  COLUMN_ROLES.flatMap((role) => COLUMN_ALIASES[role].map((alias) => [alias, role] as const)),
);

/** Columns that all play one part, in one and the same row. */
export interface ColumnConflict {
  readonly role: ColumnRole;
  readonly columns: readonly string[];
}

export interface ColumnFindings {
  readonly columns: ColumnMapping;
  /** One for each part that several columns play; none of them is in `columns`. */
  readonly conflicts: readonly ColumnConflict[];
}

/**
 * Which column plays which part in rows. What `given` says goes first: a column it names plays no other part, and a part it
 * fills is looked for no further. Where different rows have different columns for a part, it is the one that most have.
 * Without a column for the instruction, `input` is the instruction.
 */
export function findColumns(rows: readonly JsonObject[], given: ColumnMapping = {}): ColumnFindings {
  const taken = new Set(Object.values(given));
  const counts = new Map<ColumnRole, Map<string, number>>();
  const conflicts = new Map<ColumnRole, Set<string>>();
  for (const row of rows) {
    const inRow = new Map<ColumnRole, string>();
    for (const name of Object.keys(row)) {
      const role = ROLE_OF_ALIAS.get(name.toLowerCase());
      if (role === undefined || taken.has(name) || given[role] !== undefined) continue;
      const columns = counts.get(role) ?? new Map<string, number>();
      counts.set(role, columns.set(name, (columns.get(name) ?? 0) + 1));
      const other = inRow.get(role);
      if (other !== undefined) {
        conflicts.set(role, (conflicts.get(role) ?? new Set()).add(other).add(name));
      }
      inRow.set(role, name);
    }
  }
  const found = new Map([...counts].map(([role, columns]) => [role, mostFrequent(columns)]));
  for (const role of conflicts.keys()) found.delete(role);
  const hasInstruction = counts.has('instruction') || given.instruction !== undefined;
  const input = found.get('input');
  if (input !== undefined && !hasInstruction) {
    found.set('instruction', input);
    found.delete('input');
  }
  return {
    columns: { ...Object.fromEntries(found), ...given },
    conflicts: [...conflicts].map(([role, columns]) => ({ role, columns: [...columns] })),
  };
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  return [...counts].reduce((most, other) => (other[1] > most[1] ? other : most))[0];
}

/** The names of rows' columns. */
export function columnsOf(rows: Iterable<JsonObject>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return names;
}

/** The parts that a row may well do without. */
export type OptionalRole = Extract<ColumnRole, 'input' | 'system' | 'history' | 'tools'>;

/**
 * The column that plays a part in one row, which none of the rows may have had that the layout was found out from; undefined
 * when it has none.
 */
export function optionalColumn(object: JsonObject, layout: Layout, role: OptionalRole): string | undefined {
  const { columns, isComplete } = layout;
  if (columns[role] !== undefined || isComplete) return columns[role];
  const taken = Object.values(columns);
  return COLUMN_ALIASES[role].find((alias) => object[alias] !== undefined && !taken.includes(alias));
}
