import { isDeepStrictEqual } from 'node:util';
import { type ToolCall, type Turn, textTurn } from '../domain/conversation.js';
import { describeJson, isJsonObject, type JsonObject } from '../util/json-value.js';
import { decodeValue } from './decode-value.js';
import type { MessageTags } from './layout.js';
import { isMasked } from './message-mask.js';
import { readRole } from './message-roles.js';
import { readContent } from './message-text.js';
import { membersWithoutNulls, requireWellFormed } from './nested-value.js';
import { refuseRow } from './row-problem.js';
import type { ColumnEncoding, TextPlace, TurnPlaces, ValuePath } from './text-place.js';
import { readToolCalls } from './tool-calls.js';

/** A turn, and where in the row its text stands. */
export interface PlacedTurn {
  readonly turn: Turn;
  readonly places: TurnPlaces;
}

/** What a message may call its speaker, what it says, and what it thought; tags come before these. */
const ROLE_KEYS = ['role', 'from'];
const CONTENT_KEYS = ['content', 'value'];
const REASONING_KEYS = ['reasoning_content', 'reasoning', 'thinking'];

/** Reads a column of messages: a list of them, a single one, or a string that spells either. */
export function readMessages(value: unknown, column: string, tags: MessageTags): readonly PlacedTurn[] {
  const where = JSON.stringify(column);
  const decoded = decodeValue(where, value);
  const { encoding } = decoded;
  if (isJsonObject(decoded.value)) {
    return [
      readMessage(decoded.value, { column, encoding, path: [], where: `the message in ${where}`, tags }),
    ];
  }
  if (!Array.isArray(decoded.value)) {
    return refuseRow(
      'wrong_type',
      `${where} is ${describeJson(value)}, not a list of messages. Mend or remove the row.`,
    );
  }
  return decoded.value.map((message, i) => {
    const place = { column, encoding, path: [i], where: `message ${i + 1} of ${where}`, tags };
    if (isJsonObject(message)) return readMessage(message, place);
    return refuseRow(
      'malformed_messages',
      `${place.where} is ${describeJson(message)}. A message is an object that names who speaks and holds what is said.`,
    );
  });
}

interface MessagePlace {
  readonly column: string;
  readonly encoding: ColumnEncoding;
  readonly path: ValuePath;
  /** For people. */
  readonly where: string;
  readonly tags: MessageTags;
}

function readMessage(padded: JsonObject, place: MessagePlace): PlacedTurn {
  const { where, tags } = place;
  const message = membersWithoutNulls(padded);
  const role = readRole(pick(message, keysFirst(tags.role, ROLE_KEYS), where).value, where, tags);
  const content = pick(message, keysFirst(tags.content, CONTENT_KEYS), where);
  if (role === 'call') {
    const calls = readToolCalls(content.value, where);
    return { turn: assistantTurn(message, '', pickReasoning(message, where).value, calls), places: {} };
  }
  const { text, paths } = readContent(content.value, where);
  requireWellFormed(text, where);
  const places = content.key in padded ? { text: textPlace(place, content.key, paths) } : {};
  if (role === 'assistant') {
    const reasoning = pickReasoning(message, where);
    return {
      turn: assistantTurn(message, text, reasoning.value, callsOf(message, where)),
      places: {
        ...places,
        ...(reasoning.value !== '' && { reasoning: textPlace(place, reasoning.key, [[]]) }),
      },
    };
  }
  const { name, tool_call_id: toolCallId } = message;
  requireWellFormed(name, where);
  const turn = {
    ...textTurn(role, text),
    ...(typeof name === 'string' && { name }),
    ...(typeof toolCallId === 'string' && { toolCallId }),
  };
  return { turn, places };
}

function pickReasoning(message: JsonObject, where: string): { key: string; value: string } {
  const { key, value = '' } = pick(message, REASONING_KEYS, where);
  if (typeof value !== 'string') {
    return refuseRow(
      'wrong_type',
      `${where} has a reasoning that is ${describeJson(value)}. Make it a string.`,
    );
  }
  requireWellFormed(value, where);
  return { key, value };
}

function assistantTurn(
  message: JsonObject,
  text: string,
  reasoning: string,
  toolCalls: readonly ToolCall[],
): Turn {
  const { name } = message;
  return {
    ...textTurn('assistant', text),
    reasoning,
    toolCalls,
    ...(typeof name === 'string' && { name }),
    isTarget: !isMasked(message),
  };
}

function callsOf(message: JsonObject, where: string): readonly ToolCall[] {
  const calls = message.tool_calls ?? message.function_call;
  return calls === undefined || calls === '' ? [] : readToolCalls(calls, where);
}

/** The member of the first of the keys that the message has; refuses a message that has two with different values. */
function pick(message: JsonObject, keys: readonly string[], where: string): { key: string; value: unknown } {
  const [key = keys[0]!, other] = keys.filter((name) => message[name] !== undefined);
  if (other !== undefined && !isDeepStrictEqual(message[key], message[other])) {
    refuseRow(
      'contradicting_columns',
      `${where} has "${key}" and "${other}", which differ. Remove one of them.`,
    );
  }
  return { key, value: message[key] };
}

function keysFirst(tag: string | undefined, known: readonly string[]): readonly string[] {
  return tag === undefined ? known : [tag];
}

function textPlace(
  { column, encoding, path }: MessagePlace,
  key: string,
  paths: readonly ValuePath[],
): TextPlace {
  const [first, ...more] = paths.map((within) => [...path, key, ...within]);
  return { column, encoding, path: first!, more };
}
