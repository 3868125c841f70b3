import type { Conversation } from '../../domain/conversation.js';
import { splitReasoning } from '../../domain/split-reasoning.js';
import type { TargetChoice } from '../../options/choices.js';
import type { ChatFault, ChatSequence, Piece, RenderedChat } from '../rendered-chat.js';
import type { ChatTemplate } from './chat-template.js';
import { faultOf } from './jinja.js';
import { type MarkedChat, type MarkingOptions, renderMarks, renderWithMarks } from './marked-chat.js';
import { cutPieces, stretchesOf } from './stretches.js';
import { type TargetRegion, targetRegion } from './target-region.js';

/**
 * Renders a conversation with a student's own template and finds the target of every turn that has one. As many as possible
 * lie in one rendering, that of the whole; a turn before which the template writes something else once more turns
 * follow has a rendering of its own, in which it is the last.
 * @param options - See {@link MarkingOptions.areVerbatim}.
 */
export function renderChat(
  template: ChatTemplate,
  conversation: Conversation,
  choice: TargetChoice,
  { areVerbatim = false }: Pick<MarkingOptions, 'areVerbatim'> = {},
): RenderedChat | ChatFault {
  const targets = conversation.turns.flatMap(({ isTarget }, i) => (isTarget ? [i] : []));
  const whole = upTo(conversation, targets.at(-1) ?? -1);
  const chat = renderWithMarks(template, whole, { areVerbatim });
  if (chat.kind === 'fault') return chat;

  const shared: PlacedTarget[] = [];
  const alone: ChatSequence[] = [];
  const faults = new Map<number, ChatFault>();
  for (const turn of targets) {
    const region = regionWithin(template, chat, upTo(conversation, turn));
    if (region.kind === 'region') {
      shared.push({ turn, region });
      continue;
    }
    const sequence =
      region.kind === 'elsewhere' ? renderAlone(template, conversation, turn, choice, chat) : region;
    if ('kind' in sequence) faults.set(turn, sequence);
    else alone.push(sequence);
  }
  const sequences = shared.length === 0 ? alone : [toSequence(template, chat, shared, choice), ...alone];
  return { kind: 'chat', sequences, faults, isVerbatim: chat.isVerbatim };
}

/** A conversation up to where the template lets an assistant go on. */
export function renderChatPrompt(
  template: ChatTemplate,
  history: Conversation,
  { areVerbatim = false }: Pick<MarkingOptions, 'areVerbatim'> = {},
): readonly Piece[] | ChatFault {
  const chat = renderWithMarks(template, history, { addGenerationPrompt: true, areVerbatim });
  if (chat.kind === 'fault') return chat;
  const stretches = stretchesOf(chat);
  const bos = bosLength(template, chat);
  const { pieces, indexOf } = cutPieces(stretches, [bos]);
  return pieces.slice(indexOf(bos));
}

interface PlacedTarget {
  readonly turn: number;
  readonly region: TargetRegion;
}

function upTo({ turns, tools }: Conversation, last: number): Conversation {
  return { turns: turns.slice(0, last + 1), tools };
}

/** The target of the last turn of `part` within the rendering of a whole, if what comes before it is the same there. */
function regionWithin(
  template: ChatTemplate,
  { style, marked }: MarkedChat,
  part: Conversation,
): TargetRegion | ChatFault | { readonly kind: 'elsewhere' } {
  const rendering = renderMarks(template, part, style).marked;
  if (rendering.kind !== 'rendered') return faultOf(rendering);
  const region = targetRegion(template, part, style, rendering.text);
  if (region.kind === 'fault') return region;
  return marked.startsWith(rendering.text.slice(0, region.end)) ? region : { kind: 'elsewhere' };
}

function renderAlone(
  template: ChatTemplate,
  conversation: Conversation,
  turn: number,
  choice: TargetChoice,
  whole: MarkedChat,
): ChatSequence | ChatFault {
  const part = upTo(conversation, turn);
  const chat = renderWithMarks(template, part, { areVerbatim: whole.isVerbatim });
  if (chat.kind === 'fault') return chat;
  const region = targetRegion(template, part, chat.style, chat.marked);
  return region.kind === 'fault' ? region : toSequence(template, chat, [{ turn, region }], choice);
}

function toSequence(
  template: ChatTemplate,
  chat: MarkedChat,
  targets: readonly PlacedTarget[],
  choice: TargetChoice,
): ChatSequence {
  const stretches = stretchesOf(chat);
  const places = targets.map(({ turn, region: { begin, end, endOfTurn } }) => {
    const from = stretches.toText(begin);
    const to = stretches.toText(end);
    const thought = choice === 'answer' ? splitReasoning(stretches.text.slice(from, to)).reasoning : '';
    const isEnded = endOfTurn !== '' && chat.marked.startsWith(endOfTurn, end);
    return {
      turn,
      begin: from + thought.length,
      end: to,
      endOfTurn: isEnded ? to + endOfTurn.length : undefined,
    };
  });
  const bos = bosLength(template, chat);
  const cuts = places.flatMap(({ begin, end, endOfTurn }) => [
    begin,
    end,
    ...(endOfTurn === undefined ? [] : [endOfTurn]),
  ]);
  const { pieces, indexOf } = cutPieces(stretches, [bos, ...cuts]);
  return {
    pieces: pieces.slice(indexOf(bos)),
    targets: places.map(({ turn, begin, end, endOfTurn }) => ({
      turn,
      begin: indexOf(begin) - indexOf(bos),
      end: indexOf(end) - indexOf(bos),
      endOfTurn: endOfTurn === undefined ? undefined : indexOf(endOfTurn) - indexOf(bos),
    })),
  };
}

/** Every sequence starts with the BOS of a student that has one; a template that writes it first need not. */
function bosLength({ bosText }: ChatTemplate, { parts }: MarkedChat): number {
  return parts.fixed[0]!.startsWith(bosText) ? bosText.length : 0;
}
