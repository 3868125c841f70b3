import { type Conversation, textTurn } from '../../domain/conversation.js';
import { REASONING_TAGS } from '../../domain/split-reasoning.js';
import { type ChatFault, chatFault } from '../rendered-chat.js';
import type { ChatTemplate } from './chat-template.js';
import { faultOf } from './jinja.js';
import { type MarkStyle, renderMarks } from './marked-chat.js';
import { markOf } from './marks.js';

/** Where in a rendering of marks the last turn stands: what its assistant says, calls and reasoning included. */
export interface TargetRegion {
  readonly kind: 'region';
  readonly begin: number;
  readonly end: number;
  /** What follows, up to and including the first control token: the end of the turn. Empty where there is none. */
  readonly endOfTurn: string;
}

/**
 * Finds the last turn of a conversation in `marked`, its rendering with marks: it lies between what stands before and after
 * a plain text in its place. Around a turn that reasons or calls tools a template may write other things; then it lies
 * between what is the same around both, from a reasoning's opening tag on.
 */
export function targetRegion(
  template: ChatTemplate,
  conversation: Conversation,
  style: MarkStyle,
  marked: string,
): TargetRegion | ChatFault {
  const history = { ...conversation, turns: conversation.turns.slice(0, -1) };
  const plain = { ...conversation, turns: [...history.turns, textTurn('assistant', 'a plain text')] };
  const around = surroundings(template, plain, style);
  if (around.kind === 'fault') return around;
  const { before, after } = around;
  const end = marked.length - (marked.endsWith(after) ? after.length : sharedAfter(marked, after));
  const isUsual = marked.startsWith(before);
  const begin = isUsual ? before.length : sharedBefore(marked, before);
  const isWithinHistory = !isUsual && begin < historyLength(template, history, style, marked);
  if (begin > end || isWithinHistory || (end === marked.length && after !== '')) return unknownRegion();
  return { kind: 'region', begin, end, endOfTurn: endOfTurnIn(marked.slice(end), template.eosText) };
}

/** What a template writes before and after the text of the last turn. */
function surroundings(template: ChatTemplate, conversation: Conversation, style: MarkStyle) {
  const { marked, slots } = renderMarks(template, conversation, style);
  if (marked.kind !== 'rendered') return faultOf(marked);
  const mark = markOf(Math.max(...slots.keys()), style.characters);
  const [before, after, again] = marked.text.split(mark);
  if (before === undefined || after === undefined || again !== undefined) return unknownRegion();
  return { kind: 'found', before, after } as const;
}

/** Length of what two texts begin with, no tag cut in two, and no reasoning's opening tag at its end. */
function sharedBefore(one: string, other: string): number {
  let length = 0;
  while (length < other.length && one[length] === other[length]) length++;
  const shared = one.slice(0, length);
  const tag = shared.lastIndexOf('<');
  const whole = tag > shared.lastIndexOf('>') ? shared.slice(0, tag) : shared;
  const start = whole.trimEnd();
  const opening = REASONING_TAGS.map(([tag]) => tag).find((tag) => start.endsWith(tag));
  return opening === undefined ? whole.length : start.length - opening.length;
}

/** Length of what two texts end with, no tag cut in two. */
function sharedAfter(one: string, other: string): number {
  let length = 0;
  while (length < other.length && one.at(-1 - length) === other.at(-1 - length)) length++;
  const shared = other.slice(other.length - length);
  const close = shared.indexOf('>');
  const open = shared.indexOf('<');
  return close !== -1 && (open === -1 || close < open) ? shared.length - close - 1 : shared.length;
}

/** Up to where a rendering is about the turns before the last, as far as can be told. */
function historyLength(
  template: ChatTemplate,
  history: Conversation,
  style: MarkStyle,
  marked: string,
): number {
  const { marked: rendering, slots } = renderMarks(template, history, style);
  if (rendering.kind === 'rendered' && marked.startsWith(rendering.text)) return rendering.text.length;
  const ends = [...slots.keys()].map((number) => {
    const mark = markOf(number, style.characters);
    const at = marked.lastIndexOf(mark);
    return at === -1 ? 0 : at + mark.length;
  });
  return Math.max(0, ...ends);
}

function unknownRegion(): ChatFault {
  return chatFault(
    'template_alters_text',
    'it cannot be told where in the rendering of the chat template the answer begins and ends',
  );
}

/** The end-of-text token, or the first that looks like a control token, with the whitespace before it. */
function endOfTurnIn(after: string, eosText: string): string {
  const start = after.length - after.trimStart().length;
  if (eosText !== '' && after.startsWith(eosText, start)) return after.slice(0, start + eosText.length);
  const [token] = /^(?:<[^<>\s]+>|\[\/?[A-Z_]+\])/.exec(after.slice(start)) ?? [];
  return token === undefined ? '' : after.slice(0, start + token.length);
}
