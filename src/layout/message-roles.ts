import { describeJson } from '../util/json-value.js';
import type { MessageRole, MessageTags } from './layout.js';
import { refuseRow } from './row-problem.js';

/** What datasets call those who speak, in lower case, `-` as `_`. */
const ROLE_NAMES: ReadonlyMap<string, MessageRole> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['prompter', 'user'],
  ['assistant', 'assistant'],
  ['gpt', 'assistant'],
  ['bot', 'assistant'],
  ['model', 'assistant'],
  ['chatgpt', 'assistant'],
  ['function_call', 'call'],
  ['tool_call', 'call'],
  ['tool_calls', 'call'],
  ['tool', 'tool'],
  ['function', 'tool'],
  ['ipython', 'tool'],
  ['tool_response', 'tool'],
  ['function_response', 'tool'],
  ['observation', 'tool'],
  ['observations', 'tool'],
]);

/** Who a message is from. */
export function readRole(role: unknown, where: string, { roles = {} }: MessageTags): MessageRole {
  if (typeof role !== 'string') {
    return refuseRow(
      'malformed_messages',
      `${where} has ${role === undefined ? 'no role' : `a role that is ${describeJson(role)}`}. A message names who speaks and holds what is said.`,
    );
  }
  const name = role.trim().toLowerCase();
  const known =
    (Object.hasOwn(roles, name) ? roles[name] : undefined) ?? ROLE_NAMES.get(name.replaceAll('-', '_'));
  return (
    known ??
    refuseRow(
      'unknown_role',
      `${where} has the role ${JSON.stringify(role.slice(0, 40))}, which is none of system, user, assistant and tool by any name known here. Rename it.`,
    )
  );
}
