import { type Conversation, spokenText, type Turn, textTurn } from '../domain/conversation.js';
import { named } from '../options/option-name.js';
import type { ConversationRenderer } from '../prompt/conversation-renderer.js';
import { type ChatFault, chatFault, type Piece, type RenderedChat } from '../prompt/rendered-chat.js';
import { reverseInstruction } from '../prompt/template.js';

/** A target and what it stands behind, as pieces. */
export interface TargetView {
  readonly kind: 'view';
  readonly context: readonly Piece[];
  readonly target: readonly Piece[];
}

/** How one answer is looked at. */
export interface TurnViews {
  /** After everything before it. */
  readonly whole: TargetView | ChatFault;
  /** After everything before it but the last user's message; `alone` when nothing is left then. */
  readonly withoutQuestion: TargetView | ChatFault | 'alone' | 'no_question';
  /** The last user's message after a request to guess it from the answer. */
  readonly question: TargetView | ChatFault | 'no_question';
}

export interface ViewSettings {
  readonly renderer: ConversationRenderer;
  /** The token that ends a turn is part of its target. */
  readonly includesEndOfTurn: boolean;
}

/**
 * The views of one answer.
 * @param rendered - Of the conversation, or of another that has the same turns up to this one.
 */
export function turnViews(
  conversation: Conversation,
  turn: number,
  rendered: RenderedChat,
  settings: ViewSettings,
): TurnViews {
  const whole = viewIn(rendered, turn, settings);
  if (whole.kind === 'fault') return { whole, withoutQuestion: whole, question: whole };
  const asked = lastQuestion(conversation, turn);
  if (asked === undefined) return { whole, withoutQuestion: 'no_question', question: 'no_question' };
  return {
    whole,
    withoutQuestion: withoutTurn(conversation, asked, turn, whole, rendered, settings),
    question: reversed(conversation.turns[asked]!, whole, settings),
  };
}

/** Index of the last user's message before a turn. */
export function lastQuestion({ turns }: Conversation, turn: number): number | undefined {
  const at = turns.slice(0, turn).findLastIndex(({ role }) => role === 'user');
  return at === -1 ? undefined : at;
}

/** The conversation up to a turn, which alone is a target. */
export function endingWith({ turns, tools }: Conversation, turn: number): Conversation {
  return { turns: [...turns.slice(0, turn).map(asContext), turns[turn]!], tools };
}

function asContext(turn: Turn): Turn {
  return turn.isTarget ? { ...turn, isTarget: false } : turn;
}

function viewIn(
  { sequences, faults }: RenderedChat,
  turn: number,
  { includesEndOfTurn }: ViewSettings,
): TargetView | ChatFault {
  const fault = faults.get(turn);
  if (fault !== undefined) return fault;
  for (const { pieces, targets } of sequences) {
    const target = targets.find((candidate) => candidate.turn === turn);
    if (target === undefined) continue;
    const end = includesEndOfTurn ? target.endOfTurn : target.end;
    if (end === undefined) {
      return chatFault(
        'template_refuses',
        `the template writes no token at the end of a turn that ${named('endOfTurn')} could include`,
      );
    }
    return { kind: 'view', context: pieces.slice(0, target.begin), target: pieces.slice(target.begin, end) };
  }
  throw new TypeError(`turn ${turn} was not rendered`);
}

/** Where a template does not let an answer stand there, it is put behind what the template lets an assistant begin with. */
function withoutTurn(
  conversation: Conversation,
  left: number,
  turn: number,
  { target }: TargetView,
  whole: RenderedChat,
  settings: ViewSettings,
): TurnViews['withoutQuestion'] {
  const { turns, tools } = endingWith(conversation, turn);
  const remaining = { turns: turns.filter((_, i) => i !== left), tools };
  const history = { turns: remaining.turns.slice(0, -1), tools };
  if (history.turns.length === 0 && tools.length === 0) return 'alone';
  const rendered = settings.renderer.render(remaining, whole);
  const view = rendered.kind === 'fault' ? rendered : viewIn(rendered, remaining.turns.length - 1, settings);
  if (view.kind === 'view' && textOf(view.target) === textOf(target)) return { ...view, target };
  const prompt = settings.renderer.renderPrompt(history, whole);
  if (!('kind' in prompt)) return { kind: 'view', context: prompt, target };
  return view.kind === 'fault' ? view : prompt;
}

function reversed(question: Turn, { target }: TargetView, settings: ViewSettings): TurnViews['question'] {
  const turns = [
    textTurn('user', reverseInstruction(textOf(target))),
    textTurn('assistant', spokenText(question)),
  ];
  const rendered = settings.renderer.render({ turns, tools: [] });
  // the end of a turn belongs to an answer; a question is a text
  return rendered.kind === 'fault'
    ? rendered
    : viewIn(rendered, 1, { ...settings, includesEndOfTurn: false });
}

function textOf(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}
