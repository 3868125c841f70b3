import { textTurn } from '../domain/conversation.js';
import { describeJson, isJsonObject, type JsonObject } from '../util/json-value.js';
import { decodeValue } from './decode-value.js';
import { isMasked } from './message-mask.js';
import { membersWithoutNulls, requireWellFormed } from './nested-value.js';
import type { PlacedTurn } from './read-messages.js';
import { refuseRow } from './row-problem.js';
import type { TextPlace } from './text-place.js';

/** What the two sides of an exchange are called when they stand in one object. */
export const PAIR_KEYS = {
  user: ['human', 'user', 'input'],
  assistant: ['assistant', 'gpt', 'bot', 'output'],
} as const;

/** Whether an object holds both sides of an exchange. */
export function isPair(value: unknown): value is JsonObject {
  return (
    isJsonObject(value) && (['user', 'assistant'] as const).every((side) => keysOf(value, side).length > 0)
  );
}

/** Reads a column of exchanges, each an object with both sides, or a string that spells a list of them. */
export function readPairs(value: unknown, column: string): readonly PlacedTurn[] {
  const decoded = decodeValue(JSON.stringify(column), value);
  if (!Array.isArray(decoded.value)) {
    return refuseRow(
      'wrong_type',
      `"${column}" is ${describeJson(value)}, not a list of exchanges. Mend or remove the row.`,
    );
  }
  return decoded.value.flatMap((pair, i) => {
    const where = `exchange ${i + 1} of "${column}"`;
    if (!isJsonObject(pair))
      return refuseRow('malformed_messages', `${where} is ${describeJson(pair)}, not an object.`);
    return (['user', 'assistant'] as const).map((side) => {
      const { key, text } = readSide(membersWithoutNulls(pair), side, where);
      const place: TextPlace = { column, encoding: decoded.encoding, path: [i, key], more: [] };
      const turn = textTurn(side, text);
      return { turn: { ...turn, isTarget: turn.isTarget && !isMasked(pair) }, places: { text: place } };
    });
  });
}

function readSide(
  pair: JsonObject,
  side: keyof typeof PAIR_KEYS,
  where: string,
): { key: string; text: string } {
  const [key, other] = keysOf(pair, side);
  if (key === undefined) {
    return refuseRow(
      'malformed_messages',
      `${where} does not say what the ${side} says. Mend or remove the row.`,
    );
  }
  if (other !== undefined) {
    return refuseRow('contradicting_columns', `${where} has "${key}" and "${other}". Remove one of them.`);
  }
  const text = pair[key];
  if (typeof text !== 'string') {
    return refuseRow('wrong_type', `"${key}" in ${where} is ${describeJson(text)}. Make it a string.`);
  }
  requireWellFormed(text, where);
  return { key, text };
}

function keysOf(pair: JsonObject, side: keyof typeof PAIR_KEYS): readonly string[] {
  return PAIR_KEYS[side].filter((key) => pair[key] !== undefined && pair[key] !== null);
}
