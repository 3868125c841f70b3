import type { JsonObject } from '../util/json-value.js';
import { COLUMN_ROLES, type ColumnMapping, type ColumnRole } from './layout.js';

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

/** Two columns that both play one part. */
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
 * Which column plays which part. What `given` says goes first: a column it names plays no other part, and a part it
 * fills is looked for no further. Without a column for the instruction, `input` is the instruction.
 */
export function findColumns(names: Iterable<string>, given: ColumnMapping = {}): ColumnFindings {
  const taken = new Set(Object.values(given));
  const found = new Map<ColumnRole, string[]>();
  for (const name of names) {
    const role = ROLE_OF_ALIAS.get(name.toLowerCase());
    if (role === undefined || taken.has(name) || given[role] !== undefined) continue;
    found.set(role, [...(found.get(role) ?? []), name]);
  }
  const input = found.get('input');
  if (input?.length === 1 && !found.has('instruction') && given.instruction === undefined) {
    found.set('instruction', input);
    found.delete('input');
  }
  const single = [...found].filter(([, columns]) => columns.length === 1);
  const several = [...found].filter(([, columns]) => columns.length > 1);
  return {
    columns: { ...Object.fromEntries(single.map(([role, [column]]) => [role, column])), ...given },
    conflicts: several.map(([role, columns]) => ({ role, columns })),
  };
}

/** The names of an object's columns. */
export function columnsOf(objects: Iterable<JsonObject>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const object of objects) for (const name of Object.keys(object)) names.add(name);
  return names;
}
