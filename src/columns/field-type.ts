/** The type of a column that is added, or of a part of it; any value of it may be null. */
export type FieldType =
  | { readonly kind: 'string' | 'double' | 'integer' | 'boolean' }
  | { readonly kind: 'list'; readonly element: FieldType }
  | { readonly kind: 'struct'; readonly members: readonly Field[] };

export interface Field {
  readonly name: string;
  readonly type: FieldType;
}

/** What is known of a field's type so far. */
interface Seen {
  kind: 'unknown' | 'string' | 'number' | 'boolean' | 'list' | 'struct' | 'mixed';
  element?: Seen;
  /** Whether every number was a whole one. */
  isWhole?: boolean;
  members?: Map<string, Seen>;
}

/** What to make of what the values themselves do not tell. */
export interface FieldRules {
  /** Of a number, by the name of its field and the values seen. */
  isInteger(name: string, isWhole: boolean): boolean;
  /** Of a field that was null wherever it was. */
  typeOfNull(name: string): FieldType;
}

/** Finds the types of objects' members, looking at one object after another. Texts and others in one field make it text. */
export class FieldTypes {
  readonly #rules: FieldRules;
  readonly #root: Seen = { kind: 'struct', members: new Map() };

  constructor(rules: FieldRules) {
    this.#rules = rules;
  }

  add(object: object): void {
    look(this.#root, object);
  }

  /** The members seen, in the order in which they came first. */
  get fields(): readonly Field[] {
    return membersOf(this.#root, this.#rules);
  }
}

function look(seen: Seen, value: unknown): void {
  if (value === null || value === undefined) return;
  const kind = kindOf(value);
  if (seen.kind === 'unknown') seen.kind = kind;
  else if (seen.kind !== kind) seen.kind = 'mixed';
  if (kind === 'number') seen.isWhole = seen.isWhole !== false && isWhole(value);
  if (Array.isArray(value)) {
    seen.element ??= { kind: 'unknown' };
    for (const element of value) look(seen.element, element);
  } else if (typeof value === 'object') {
    seen.members ??= new Map();
    for (const [name, member] of Object.entries(value)) {
      const known = seen.members.get(name);
      if (known === undefined) seen.members.set(name, seenOf(member));
      else look(known, member);
    }
  }
}

function seenOf(value: unknown): Seen {
  const seen: Seen = { kind: 'unknown' };
  look(seen, value);
  return seen;
}

function isWhole(value: unknown): boolean {
  return typeof value === 'bigint' || Number.isSafeInteger(value);
}

function kindOf(value: unknown): Seen['kind'] {
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'object':
      return 'struct';
    case 'number':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'string';
  }
}

function membersOf({ members = new Map() }: Seen, rules: FieldRules): readonly Field[] {
  return [...members].map(([name, seen]) => ({ name, type: typeOf(name, seen, rules) }));
}

function typeOf(name: string, seen: Seen, rules: FieldRules): FieldType {
  switch (seen.kind) {
    case 'unknown':
      return rules.typeOfNull(name);
    case 'number':
      return { kind: rules.isInteger(name, seen.isWhole === true) ? 'integer' : 'double' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'list':
      return { kind: 'list', element: typeOf(name, seen.element ?? { kind: 'unknown' }, rules) };
    case 'struct': {
      const members = membersOf(seen, rules);
      // no format has structs without members
      return members.length === 0 ? { kind: 'string' } : { kind: 'struct', members };
    }
    default:
      return { kind: 'string' };
  }
}
