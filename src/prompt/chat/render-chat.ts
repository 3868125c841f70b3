import type { Conversation } from '../../domain/conversation.js';
import { splitReasoning } from '../../domain/split-reasoning.js';
import { type ChatFault, faultOf } from './chat-fault.js';
import type { ChatTemplate } from './chat-template.js';
import { type MarkedChat, renderMarks, renderWithMarks } from './marked-chat.js';
import type { Piece } from './piece.js';
import { cutPieces, stretchesOf } from './stretches.js';
import { type TargetRegion, targetRegion } from './target-region.js';

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
}

export interface ChatSettings {
  /** `answer` leaves reasoning out of the targets. */
  readonly targets: 'all' | 'answer';
}

/**
 * Renders a conversation with a student's own template and finds the target of every turn that has one. As many as possible
 * lie in one rendering, that of the whole; a turn before which the template writes something else once more turns
 * follow has a rendering of its own, in which it is the last.
 */
export function renderChat(
  template: ChatTemplate,
  conversation: Conversation,
  settings: ChatSettings,
): RenderedChat | ChatFault {
  const targets = conversation.turns.flatMap(({ isTarget }, i) => (isTarget ? [i] : []));
  const whole = upTo(conversation, targets.at(-1) ?? -1);
  const chat = renderWithMarks(template, whole);
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
      region.kind === 'elsewhere' ? renderAlone(template, conversation, turn, settings) : region;
    if ('kind' in sequence) faults.set(turn, sequence);
    else alone.push(sequence);
  }
  const sequences = shared.length === 0 ? alone : [toSequence(template, chat, shared, settings), ...alone];
  return { kind: 'chat', sequences, faults };
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
  settings: ChatSettings,
): ChatSequence | ChatFault {
  const part = upTo(conversation, turn);
  const chat = renderWithMarks(template, part);
  if (chat.kind === 'fault') return chat;
  const region = targetRegion(template, part, chat.style, chat.marked);
  return region.kind === 'fault' ? region : toSequence(template, chat, [{ turn, region }], settings);
}

function toSequence(
  template: ChatTemplate,
  chat: MarkedChat,
  targets: readonly PlacedTarget[],
  settings: ChatSettings,
): ChatSequence {
  const stretches = stretchesOf(chat);
  const places = targets.map(({ turn, region: { begin, end, endOfTurn } }) => {
    const from = stretches.toText(begin);
    const to = stretches.toText(end);
    const thought =
      settings.targets === 'answer' ? splitReasoning(stretches.text.slice(from, to)).reasoning : '';
    const isEnded = endOfTurn !== '' && chat.marked.startsWith(endOfTurn, end);
    return {
      turn,
      begin: from + thought.length,
      end: to,
      endOfTurn: isEnded ? to + endOfTurn.length : undefined,
    };
  });
  const bos =
    template.bosText !== '' && stretches.text.startsWith(template.bosText) ? template.bosText.length : 0;
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
