import type { Conversation } from '../domain/conversation.js';
import type { ConversationRenderer } from '../prompt/conversation-renderer.js';
import type { ChatFault } from '../prompt/rendered-chat.js';

/** A stretch of a row as a student sees it. */
export interface ShownPiece {
  readonly text: string;
  /** Part of what is scored. */
  readonly isTarget: boolean;
  /** Written by the student's own template, and so read with its control tokens. */
  readonly isTemplate: boolean;
}

/**
 * A row as the student sees it: the rendering that has most of its answers, or why there is none.
 * @param includesEndOfTurn - The token that ends a turn is scored, too.
 */
export function showRow(
  conversation: Conversation,
  renderer: ConversationRenderer,
  includesEndOfTurn: boolean,
): readonly ShownPiece[] | ChatFault {
  const rendered = renderer.render(conversation);
  if (rendered.kind === 'fault') return rendered;
  const [sequence] = rendered.sequences;
  if (sequence === undefined) return [...rendered.faults.values()][0]!;
  return sequence.pieces.map(({ text, isTemplate }, i) => ({
    text,
    isTemplate,
    isTarget: sequence.targets.some(
      ({ begin, end, endOfTurn = end }) => i >= begin && i < (includesEndOfTurn ? endOfTurn : end),
    ),
  }));
}
