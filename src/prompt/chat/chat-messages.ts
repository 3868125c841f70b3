import { type Conversation, spokenText, type ToolCall, type Turn } from '../../domain/conversation.js';
import { isJsonObject, type JsonObject } from '../../util/json-value.js';

/** What becomes of a text on its way to the template: itself, or a mark that stands for it. */
export interface Spelling {
  /** What a turn says. */
  said(text: string): string;
  /** Reasoning in a field of its own. */
  thought(text: string): string;
  /** A name, an id, or a text within calls: what templates look into, and may write as JSON. */
  detail(text: string): string;
  /** The same within the description of a tool. */
  toolDetail(text: string): string;
}

/** The texts as they are. */
export const VERBATIM: Spelling = { said: same, thought: same, detail: same, toolDetail: same };

function same(text: string): string {
  return text;
}

/** The variables `messages` and `tools` of a chat template, in the shape that transformers has made usual. */
export function chatVariables(conversation: Conversation, spelling: Spelling) {
  const tools = conversation.tools.map((tool) => spellDetails(tool, (text) => spelling.toolDetail(text)));
  return {
    messages: conversation.turns.map((turn) => messageOf(turn, spelling)),
    // transformers passes both, and templates are written for that
    tools: tools.length > 0 ? tools : null,
    documents: null,
  };
}

function messageOf(turn: Turn, spelling: Spelling): JsonObject {
  const { role, reasoning, toolCalls, name, toolCallId } = turn;
  return {
    role,
    ...(name !== undefined && { name: spelling.detail(name) }),
    ...(reasoning !== '' && { reasoning_content: spelling.thought(reasoning) }),
    content: spelling.said(spokenText(turn)),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map((call) => callOf(call, spelling)) }),
    ...(toolCallId !== undefined && { tool_call_id: spelling.detail(toolCallId) }),
  };
}

function callOf({ id, name, arguments: given }: ToolCall, spelling: Spelling): JsonObject {
  return {
    ...(id !== undefined && { id: spelling.detail(id) }),
    type: 'function',
    function: {
      name: spelling.detail(name),
      arguments: spellDetails(given, (text) => spelling.detail(text)),
    },
  };
}

function spellDetails(value: unknown, spell: (text: string) => string): unknown {
  if (typeof value === 'string') return spell(value);
  if (Array.isArray(value)) return value.map((element) => spellDetails(element, spell));
  if (typeof value === 'bigint') return Number(value);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([key, member]) => [spell(key), spellDetails(member, spell)]);
  return Object.fromEntries(members);
}
