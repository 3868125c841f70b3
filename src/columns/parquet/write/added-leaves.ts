import type { ParquetType } from 'hyparquet';
import type { Field, FieldType } from '../../field-type.js';
import type { LeafLevels } from '../read/leaf-cursor.js';
import { binary, i32, struct, structOf, type ThriftStruct } from './thrift.js';

/** A column chunk's worth of a column that is added. */
export interface AddedLeaf {
  readonly path: readonly string[];
  readonly type: ParquetType;
  readonly levels: LeafLevels;
}

/** Takes the entries of a leaf. */
export type AddEntry = (leaf: number, repetition: number, definition: number, value: unknown) => void;

/** The columns that are added: how the schema has them, and how an object's members become their entries. */
export interface AddedColumns {
  readonly schema: readonly ThriftStruct[];
  readonly leaves: readonly AddedLeaf[];
  shred(values: Readonly<Record<string, unknown>>, add: AddEntry): void;
}

type Shred = (value: unknown, repetition: number, definition: number, add: AddEntry) => void;

const TYPE_NUMBERS = { BOOLEAN: 0, INT64: 2, DOUBLE: 5, BYTE_ARRAY: 6 } as const;
const OPTIONAL = 1;
const REPEATED = 2;
const UTF8 = 0;
const LIST = 3;

export function addedColumns(fields: readonly Field[]): AddedColumns {
  const builder = new SchemaBuilder();
  const members = fields.map(({ name, type }) => [name, builder.add(name, type, [], NO_LEVELS)] as const);
  return {
    schema: builder.schema,
    leaves: builder.leaves,
    shred(values, add) {
      for (const [name, shred] of members) shred(values[name], 0, 0, add);
    },
  };
}

const NO_LEVELS: LeafLevels = { definition: 0, repetition: 0 };

class SchemaBuilder {
  readonly schema: ThriftStruct[] = [];
  readonly leaves: AddedLeaf[] = [];

  /** Adds a part of the schema that may be null. @param above - The levels of what it lies in. */
  add(name: string, type: FieldType, parents: readonly string[], above: LeafLevels): Shred {
    const path = [...parents, name];
    const levels = { ...above, definition: above.definition + 1 };
    if (type.kind === 'struct') return this.#struct(type.members, path, levels);
    if (type.kind === 'list') return this.#list(type.element, path, levels);
    return this.#leaf(type.kind, path, levels);
  }

  #leaf(
    kind: 'string' | 'double' | 'integer' | 'boolean',
    path: readonly string[],
    levels: LeafLevels,
  ): Shred {
    const leaf = this.leaves.length;
    const type = PHYSICAL[kind];
    this.leaves.push({ path, type, levels });
    const number = TYPE_NUMBERS[type];
    const text = { 6: i32(UTF8), 10: struct({ 1: struct({}) }) };
    this.schema.push(
      structOf({ 1: i32(number), 3: i32(OPTIONAL), 4: binary(path.at(-1)!), ...(kind === 'string' && text) }),
    );
    const stored = STORED[kind];
    return (value, repetition, definition, add) => {
      const known = value === null || value === undefined ? undefined : stored(value);
      if (known === undefined) add(leaf, repetition, definition, undefined);
      else add(leaf, repetition, levels.definition, known);
    };
  }

  #struct(fields: readonly Field[], path: readonly string[], levels: LeafLevels): Shred {
    this.schema.push(structOf({ 3: i32(OPTIONAL), 4: binary(path.at(-1)!), 5: i32(fields.length) }));
    const members = fields.map(({ name, type }) => [name, this.add(name, type, path, levels)] as const);
    return (value, repetition, definition, add) => {
      const isThere = typeof value === 'object' && value !== null;
      const values = (isThere ? value : {}) as Readonly<Record<string, unknown>>;
      const reached = isThere ? levels.definition : definition;
      for (const [name, shred] of members) shred(values[name], repetition, reached, add);
    };
  }

  #list(type: FieldType, path: readonly string[], levels: LeafLevels): Shred {
    const annotation = { 6: i32(LIST), 10: struct({ 3: struct({}) }) };
    this.schema.push(
      structOf({ 3: i32(OPTIONAL), 4: binary(path.at(-1)!), 5: i32(1), ...annotation }),
      structOf({ 3: i32(REPEATED), 4: binary('list'), 5: i32(1) }),
    );
    const within = { definition: levels.definition + 1, repetition: levels.repetition + 1 };
    const shred = this.add('element', type, [...path, 'list'], within);
    return (value, repetition, definition, add) => {
      if (!Array.isArray(value)) shred(undefined, repetition, definition, add);
      else if (value.length === 0) shred(undefined, repetition, levels.definition, add);
      else {
        for (const [i, element] of value.entries()) {
          shred(element, i === 0 ? repetition : within.repetition, within.definition, add);
        }
      }
    };
  }
}

const PHYSICAL = { string: 'BYTE_ARRAY', double: 'DOUBLE', integer: 'INT64', boolean: 'BOOLEAN' } as const;

/** What is stored of a value; undefined for one that is not of the kind. */
const STORED = {
  string: (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  double: (value: unknown) => (typeof value === 'number' ? value : undefined),
  integer: (value: unknown) =>
    typeof value === 'bigint' || Number.isInteger(value) ? BigInt(value as number) : undefined,
  boolean: (value: unknown) => (typeof value === 'boolean' ? value : undefined),
} as const;
