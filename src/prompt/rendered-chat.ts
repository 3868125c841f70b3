import type { UnscorableReason } from '../domain/score.js';

/**
 * A stretch of a rendered conversation. What a student's own template writes may hold control tokens; everything else is
 * text, whatever it spells. Pieces are tokenized apart.
 */
export interface Piece {
  readonly text: string;
  readonly isTemplate: boolean;
}

/** The target of one turn, by indexes into the pieces of its sequence. */
export interface ChatTarget {
  /** Index of the turn. */
  readonly turn: number;
  readonly begin: number;
  /** One past its last piece. */
  readonly end: number;
  /** One past the end-of-turn token that follows; undefined when the template writes none. */
  readonly endOfTurn: number | undefined;
}

/** A rendering, and the turns whose targets lie in it with everything before them as it is to be. */
export interface ChatSequence {
  readonly pieces: readonly Piece[];
  readonly targets: readonly ChatTarget[];
}

export interface RenderedChat {
  readonly kind: 'chat';
  readonly sequences: readonly ChatSequence[];
  /** What is wrong with turns that have no target in any of the sequences. */
  readonly faults: ReadonlyMap<number, ChatFault>;
  /** Every text stands there as it is, and would in any other conversation made of the same texts. */
  readonly isVerbatim: boolean;
}

/** Why a template cannot show a conversation, or one turn of it. */
export interface ChatFault {
  readonly kind: 'fault';
  readonly reason: Extract<
    UnscorableReason,
    'template_refuses' | 'template_alters_text' | 'template_needs_date'
  >;
  /** What is wrong, as a sentence without a full stop. */
  readonly problem: string;
}

export function chatFault(reason: ChatFault['reason'], problem: string): ChatFault {
  return { kind: 'fault', reason, problem };
}
