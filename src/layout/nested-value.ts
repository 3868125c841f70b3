import { isJsonObject, isWellFormed, type JsonObject } from '../util/json-value.js';
import { refuseRow } from './row-problem.js';

/** Messages and tools need a handful; deeper nesting would overflow the stack. */
const MAX_DEPTH = 200;

/**
 * A value without the null members of its objects, at any depth. Arrow and Parquet give every struct of a column all
 * the keys that any of them has, with null for those it has not: padding, which nobody wrote.
 */
export function withoutNulls(value: unknown, depth = 0): unknown {
  requireDepth(depth);
  if (Array.isArray(value)) return value.map((element) => withoutNulls(element, depth + 1));
  return isJsonObject(value) ? membersWithoutNulls(value, depth) : value;
}

export function membersWithoutNulls(object: JsonObject, depth = 0): JsonObject {
  const kept = Object.entries(object).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutNulls(value, depth + 1)]));
}

/** Refuses a row one of whose texts, at any depth of `value`, no tokenizer can read. */
export function requireWellFormed(value: unknown, where: string, depth = 0): void {
  requireDepth(depth);
  if (typeof value === 'string') {
    if (isWellFormed(value)) return;
    refuseRow(
      'lone_surrogate',
      `${where} holds half of a character (a lone \\ud800-\\udfff escape), which no tokenizer can read. ` +
        'Remove that escape or write the whole character.',
    );
  }
  if (Array.isArray(value)) {
    for (const element of value) requireWellFormed(element, where, depth + 1);
  } else if (isJsonObject(value)) {
    requireWellFormed(Object.keys(value), where, depth);
    for (const member of Object.values(value)) requireWellFormed(member, where, depth + 1);
  }
}

function requireDepth(depth: number): void {
  if (depth > MAX_DEPTH) {
    refuseRow('malformed_messages', `the row is nested more than ${MAX_DEPTH} levels deep. Remove it.`);
  }
}
