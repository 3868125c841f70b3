import { parseJsonIfValid } from '../util/json-value.js';
import { parsePythonLiteral } from './python-literal.js';
import { refuseRow } from './row-problem.js';
import type { ColumnEncoding } from './text-place.js';

export interface DecodedValue {
  readonly value: unknown;
  readonly encoding: ColumnEncoding;
}

/**
 * The value of a column that may hold it as a string: JSON, or a Python literal, which is what CSV files made with
 * pandas hold. A string that does not begin like a list or an object is a value by itself.
 */
export function decodeValue(where: string, value: unknown): DecodedValue {
  if (typeof value !== 'string' || !/^\s*[[{(]/.test(value)) return { value, encoding: 'plain' };
  const json = parseJsonIfValid(value);
  if (json !== undefined) return { value: json, encoding: 'json' };
  return { value: readPythonLiteral(where, value), encoding: 'python' };
}

function readPythonLiteral(where: string, text: string): unknown {
  try {
    return parsePythonLiteral(text);
  } catch (error) {
    return refuseRow(
      'malformed_messages',
      `${where} is a string that is neither JSON nor a Python literal: ${(error as SyntaxError).message}. Mend it.`,
    );
  }
}
