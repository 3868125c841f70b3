import type { SchemaTree } from 'hyparquet';
import type { TextEdit } from '../../written-row.js';

/** Any element of a list. */
const ELEMENT = Symbol('element');

/** Where a leaf's values stand in a row as JSON: names of members, and a mark for each list. */
export type JsonPath = readonly (string | typeof ELEMENT)[];

export function jsonPathOf(path: readonly SchemaTree[]): JsonPath {
  const steps: (string | typeof ELEMENT)[] = [];
  for (let i = 1; i < path.length; i++) {
    const { element } = path[i]!;
    const parent = path[i - 1]!.element;
    const isInList = parent.converted_type === 'LIST' || parent.logical_type?.type === 'LIST';
    if (element.repetition_type !== 'REPEATED') steps.push(element.name);
    else if (!isInList) steps.push(element.name, ELEMENT);
    else {
      steps.push(ELEMENT);
      const isStep =
        path[i]!.children.length === 1 && element.name !== 'array' && !element.name.endsWith('_tuple');
      // the element itself, which has a name only here
      if (isStep) i += 1;
    }
  }
  return steps;
}

/** The positions in lists, outermost first, that an edit means in a leaf; undefined when it means another leaf. */
export function positionsIn(leaf: JsonPath, { path }: TextEdit): readonly number[] | undefined {
  if (leaf.length !== path.length) return undefined;
  const positions: number[] = [];
  for (const [i, step] of leaf.entries()) {
    const given = path[i];
    if (step === ELEMENT && typeof given === 'number') positions.push(given);
    else if (step !== given) return undefined;
  }
  return positions;
}
