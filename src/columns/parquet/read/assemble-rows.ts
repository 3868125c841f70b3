import type { SchemaTree } from 'hyparquet';
import type { LeafCursor } from './leaf-cursor.js';

/** Spells the next value of a part of the schema, taking its entries from the columns below it. */
type Assemble = () => string;

type Cursor = LeafCursor<string>;

/** The cursors of a schema's leaves, handed out in order. */
export interface LeafCursors {
  next(): Cursor;
}

/** A part of the schema and how deep it lies. */
interface Node {
  readonly tree: SchemaTree;
  /** Steps up to and with this one that may be absent. */
  readonly definition: number;
  /** Steps up to and with this one that are lists. */
  readonly repetition: number;
}

/**
 * Makes rows of columns that are stored value by value (Dremel's encoding): spells one row after another as an object in
 * JSON. Nulls are spelled wherever a struct has none.
 */
export function rowAssembler(schema: SchemaTree, cursors: LeafCursors): Assemble {
  const root = { tree: schema, definition: 0, repetition: 0 };
  return structAssembler(root, cursors).assemble;
}

interface Part {
  readonly assemble: Assemble;
  /** All of the columns below. */
  readonly leaves: readonly Cursor[];
}

function structAssembler(node: Node, cursors: LeafCursors): Part {
  const members = node.tree.children.map((tree) => ({
    key: `${JSON.stringify(tree.element.name)}:`,
    part: fieldAssembler(childOf(node, tree), cursors),
  }));
  const leaves = members.flatMap(({ part }) => part.leaves);
  const assemble = () => {
    let json = '{';
    for (let i = 0; i < members.length; i++) {
      const { key, part } = members[i]!;
      json += `${i === 0 ? '' : ','}${key}${part.assemble()}`;
    }
    return `${json}}`;
  };
  return { assemble, leaves };
}

function fieldAssembler(node: Node, cursors: LeafCursors): Part {
  if (node.tree.element.repetition_type === 'REPEATED') {
    const element = valueAssembler(node, cursors);
    return { ...element, assemble: listOf(node, element) };
  }
  const value = valueAssembler(node, cursors);
  return node.tree.element.repetition_type === 'OPTIONAL' && node.tree.children.length > 0
    ? { ...value, assemble: orNull(node, value) }
    : value;
}

function valueAssembler(node: Node, cursors: LeafCursors): Part {
  const { element, children } = node.tree;
  if (children.length === 0) {
    const cursor = cursors.next();
    return { assemble: () => cursor.take() ?? 'null', leaves: [cursor] };
  }
  const [only] = children;
  const isOne = children.length === 1 && only!.element.repetition_type === 'REPEATED';
  const type = element.logical_type?.type ?? element.converted_type;
  if (isOne && type === 'LIST') return listAssembler(childOf(node, only!), cursors);
  if (isOne && (type === 'MAP' || type === 'MAP_KEY_VALUE') && only!.children.length === 2) {
    return mapAssembler(childOf(node, only!), cursors);
  }
  return structAssembler(node, cursors);
}

/**
 * A list as writers should have it: a repeated step with one member, which is the element. Where the repeated step has
 * several members, none, or is called `array`, it is the element itself (the rules for older files).
 */
function listAssembler(repeated: Node, cursors: LeafCursors): Part {
  const { children } = repeated.tree;
  const part = isListStep(repeated.tree)
    ? fieldAssembler(childOf(repeated, children[0]!), cursors)
    : valueAssembler(repeated, cursors);
  return { ...part, assemble: listOf(repeated, part) };
}

/** An object where keys are texts, else a list of pairs. */
function mapAssembler(repeated: Node, cursors: LeafCursors): Part {
  const [key, value] = repeated.tree.children.map((tree) =>
    fieldAssembler(childOf(repeated, tree), cursors),
  ) as [Part, Part];
  const leaves = [...key.leaves, ...value.leaves];
  const pairs = (): string => {
    const [first] = leaves as [Cursor];
    if (first.definition < repeated.definition) {
      takeAll(leaves);
      return '{}';
    }
    const keys: string[] = [];
    const values: string[] = [];
    do {
      keys.push(key.assemble());
      values.push(value.assemble());
    } while (first.repetition === repeated.repetition);
    return keys.every((name) => name.startsWith('"'))
      ? `{${keys.map((name, i) => `${name}:${values[i]}`).join(',')}}`
      : `[${keys.map((name, i) => `[${name},${values[i]}]`).join(',')}]`;
  };
  return { assemble: pairs, leaves };
}

function listOf({ definition, repetition }: Node, { assemble, leaves }: Part): Assemble {
  const first = leaves[0]!;
  return () => {
    if (first.definition < definition) {
      takeAll(leaves);
      return '[]';
    }
    let json = `[${assemble()}`;
    while (first.repetition === repetition) json += `,${assemble()}`;
    return `${json}]`;
  };
}

function orNull({ definition }: Node, { assemble, leaves }: Part): Assemble {
  const first = leaves[0]!;
  return () => {
    if (first.definition >= definition) return assemble();
    takeAll(leaves);
    return 'null';
  };
}

/** What is absent has an entry in every column below it. */
function takeAll(leaves: readonly Cursor[]): void {
  for (const leaf of leaves) leaf.take();
}

function childOf(parent: Node, tree: SchemaTree): Node {
  const { repetition_type: repetition } = tree.element;
  return {
    tree,
    definition: parent.definition + (repetition === 'REQUIRED' ? 0 : 1),
    repetition: parent.repetition + (repetition === 'REPEATED' ? 1 : 0),
  };
}

/** Whether the repeated part of a list is a step on the way to its element, and not the element itself. */
export function isListStep({ children, element: { name } }: SchemaTree): boolean {
  return children.length === 1 && name !== 'array' && !name.endsWith('_tuple');
}
