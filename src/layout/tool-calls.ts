import type { ToolCall } from '../domain/conversation.js';
import { describeJson, isJsonObject, type JsonObject, parseJsonIfValid } from '../util/json-value.js';
import { decodeValue } from './decode-value.js';
import { requireWellFormed, withoutNulls } from './nested-value.js';
import { refuseRow } from './row-problem.js';

/**
 * The calls that a value describes: one or a list, each an object with a name and arguments or one that holds such an
 * object as its `function`; as a value or as a string that spells it, and the arguments likewise.
 */
export function readToolCalls(value: unknown, where: string): readonly ToolCall[] {
  const { value: decoded } = decodeValue(where, value);
  const calls = Array.isArray(decoded) ? decoded : [decoded];
  return calls.map((call) => readToolCall(decodeValue(where, call).value, where));
}

function readToolCall(call: unknown, where: string): ToolCall {
  if (!isJsonObject(call)) {
    return refuseRow(
      'malformed_tool_call',
      `${where} has a tool call that is ${describeJson(call)}. A call is an object with a name and arguments.`,
    );
  }
  const called = isJsonObject(call.function) ? call.function : call;
  const { name } = called;
  if (typeof name !== 'string') {
    return refuseRow(
      'malformed_tool_call',
      `${where} has a tool call without a name. Name the tool it calls.`,
    );
  }
  const given = readArguments(called.arguments ?? called.parameters, where, name);
  return { name, arguments: given, ...(typeof call.id === 'string' && { id: call.id }) };
}

function readArguments(value: unknown, where: string, name: string): JsonObject {
  if (value === undefined || value === null || value === '') return {};
  // what a string spells is as somebody wrote it; nulls of a struct may be padding
  const given = typeof value === 'string' ? parseJsonIfValid(value) : withoutNulls(value);
  if (isJsonObject(given)) {
    requireWellFormed(given, where);
    return given;
  }
  return refuseRow(
    'malformed_tool_call',
    `${where} calls the tool ${JSON.stringify(name.slice(0, 40))} with arguments that are no JSON object. Mend them.`,
  );
}

/** The tools that a row describes; a list, or a string that spells one. Elements may be strings that spell theirs. */
export function readTools(value: unknown, column: string): readonly JsonObject[] {
  if (value === undefined || value === null || value === '') return [];
  const where = JSON.stringify(column);
  const { value: decoded } = decodeValue(where, value);
  const tools = Array.isArray(decoded) ? decoded : [decoded];
  return tools.map((element, i) => {
    const tool = withoutNulls(decodeValue(where, element).value);
    requireWellFormed(tool, where);
    if (isJsonObject(tool)) return tool;
    return refuseRow(
      'malformed_messages',
      `${where} holds ${describeJson(tool)} as tool ${i + 1}. A tool is described by an object.`,
    );
  });
}
