import { type Conversation, textTurn } from '../domain/conversation.js';
import type { RowFault } from '../domain/row-fault.js';
import type { JsonObject } from '../util/json-value.js';
import { optionalColumn } from './column-aliases.js';
import type { Layout } from './layout.js';
import { columnPlace, readColumns, readText, requireColumns } from './read-columns.js';
import { type PlacedTurn, readMessages } from './read-messages.js';
import { readPairs } from './read-pairs.js';
import { readPreference } from './read-preference.js';
import { orFault, refuseRow } from './row-problem.js';
import type { TurnPlaces } from './text-place.js';
import { readTools } from './tool-calls.js';

/** A conversation, and where in the row each of its turns stands. */
export interface PlacedConversation {
  readonly conversation: Conversation;
  /** As many as there are turns. */
  readonly places: readonly TurnPlaces[];
}

/** What a row holds. */
export type RowContent =
  | ({ readonly kind: 'conversation' } & PlacedConversation)
  | {
      readonly kind: 'preference';
      readonly chosen: PlacedConversation;
      readonly rejected: PlacedConversation;
    };

/**
 * Reads what a row holds. What is wrong with the row is the result, never an exception: a conversation always has a target,
 * though its texts may be empty, for that is for scoring to judge.
 */
export function readRowContent(object: JsonObject, layout: Layout): RowContent | RowFault {
  return orFault(() => readContent(object, layout));
}

function readContent(object: JsonObject, layout: Layout): RowContent {
  if (layout.name !== 'preference') {
    return { kind: 'conversation', ...toConversation(object, layout, readTurns(object, layout)) };
  }
  const { chosen, rejected } = readPreference(object, layout);
  return {
    kind: 'preference',
    chosen: toConversation(object, layout, chosen),
    rejected: toConversation(object, layout, rejected),
  };
}

function readTurns(object: JsonObject, layout: Layout): readonly PlacedTurn[] {
  const { name, columns, tags } = layout;
  switch (name) {
    case 'alpaca':
    case 'prompt-completion':
      return readColumns(object, layout);
    case 'messages':
    case 'sharegpt': {
      const { messages } = requireColumns(object, columns, ['messages']);
      return readMessages(object[messages], messages, tags);
    }
    case 'sharegpt-pairs': {
      const { messages } = requireColumns(object, columns, ['messages']);
      return readPairs(object[messages], messages);
    }
    case 'preference':
      throw new TypeError('a preference has the turns of two sides');
  }
}

/** Adds what the row says beside its turns: the system prompt in a column of its own, and the tools. */
function toConversation(
  object: JsonObject,
  layout: Layout,
  turns: readonly PlacedTurn[],
): PlacedConversation {
  const all = withSystem(object, optionalColumn(object, layout, 'system'), turns);
  const assistants = all.filter(({ turn }) => turn.role === 'assistant');
  if (assistants.length === 0) {
    refuseRow('no_assistant_turn', 'nobody answers in the conversation. Add an answer or remove the row.');
  }
  if (!assistants.some(({ turn }) => turn.isTarget)) {
    refuseRow('all_turns_masked', 'every assistant turn is masked, so that none is to be scored.');
  }
  const toolColumn = optionalColumn(object, layout, 'tools');
  const tools = toolColumn === undefined ? [] : readTools(object[toolColumn], toolColumn);
  return {
    conversation: { turns: all.map(({ turn }) => turn), tools },
    places: all.map(({ places }) => places),
  };
}

function withSystem(
  object: JsonObject,
  column: string | undefined,
  turns: readonly PlacedTurn[],
): readonly PlacedTurn[] {
  const text = column === undefined ? '' : readText(object, column, { optional: true });
  if (column === undefined || text === '') return turns;
  const first = turns[0]?.turn;
  if (first?.role !== 'system') {
    return [{ turn: textTurn('system', text), places: { text: columnPlace(column) } }, ...turns];
  }
  if (first.text === text) return turns;
  return refuseRow(
    'contradicting_columns',
    `"${column}" is not what the first message, a system prompt too, says. Remove one of them.`,
  );
}
