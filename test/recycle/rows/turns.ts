import { detectLayout } from '../../../src/layout/detect-layout.js';
import { readRowContent } from '../../../src/layout/read-row.js';
import type { TurnChoice } from '../../../src/options/choices.js';
import { type ReadRow, type RecycledTurn, turnsToRecycle } from '../../../src/recycle/rows/recycled-turn.js';
import type { JsonObject } from '../../../src/util/json-value.js';

/** The row that an object is in line 1 of a dataset whose layout it has. */
export function readRow(object: JsonObject): ReadRow {
  const finding = detectLayout([object]);
  if (finding.kind === 'not_found') throw new Error(finding.found);
  const content = readRowContent(object, finding.layout);
  if (content.kind === 'bad') throw new Error(content.problem);
  const text = JSON.stringify(object);
  return { file: 'rows', index: 0, line: 1, endByte: text.length, text, object, ...content };
}

/** Those of its turns that are recycled. */
export function turnsOf(object: JsonObject, choice: TurnChoice = 'last'): readonly RecycledTurn[] {
  return turnsToRecycle(readRow(object), choice);
}

/** The turn that a sample is. */
export function turnOf(sample: object): RecycledTurn {
  return turnsOf({ ...sample })[0]!;
}
