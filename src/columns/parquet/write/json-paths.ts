import type { SchemaTree } from 'hyparquet';
import type { TextEdit } from '../../written-row.js';
import { isListStep } from '../read/assemble-rows.js';
import type { LeafEdit } from './filter-leaf.js';

/** Any element of a list. */
const ELEMENT = Symbol('element');

/** Where a leaf's values stand in a row as JSON: names of members, and a mark for each list. */
type JsonPath = readonly (string | typeof ELEMENT)[];

function jsonPathOf(path: readonly SchemaTree[]): JsonPath {
  const steps: (string | typeof ELEMENT)[] = [];
  for (let i = 1; i < path.length; i++) {
    const { element } = path[i]!;
    const parent = path[i - 1]!.element;
    const isInList = parent.converted_type === 'LIST' || parent.logical_type?.type === 'LIST';
    if (element.repetition_type !== 'REPEATED') steps.push(element.name);
    else if (!isInList) steps.push(element.name, ELEMENT);
    else {
      steps.push(ELEMENT);
      // the element itself, which has a name only here
      if (isListStep(path[i]!)) i += 1;
    }
  }
  return steps;
}

/** The positions in lists, outermost first, that an edit means in a leaf; undefined when it means another leaf. */
function positionsIn(leaf: JsonPath, { path }: TextEdit): readonly number[] | undefined {
  if (leaf.length !== path.length) return undefined;
  const positions: number[] = [];
  for (const [i, step] of leaf.entries()) {
    const given = path[i];
    if (step === ELEMENT && typeof given === 'number') positions.push(given);
    else if (step !== given) return undefined;
  }
  return positions;
}

/** The edits of a row group that are meant for one leaf. */
export function editsOf(
  path: readonly SchemaTree[],
  edits: ReadonlyMap<number, readonly TextEdit[]>,
): ReadonlyMap<number, readonly LeafEdit[]> {
  const place = jsonPathOf(path);
  const own = new Map<number, readonly LeafEdit[]>();
  for (const [row, all] of edits) {
    const here = all.flatMap((edit) => {
      const positions = positionsIn(place, edit);
      return positions === undefined ? [] : [{ positions, value: Buffer.from(edit.value) }];
    });
    if (here.length > 0) own.set(row, here);
  }
  return own;
}
