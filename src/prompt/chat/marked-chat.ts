import type { Conversation, Turn } from '../../domain/conversation.js';
import { type ChatFault, chatFault } from '../rendered-chat.js';
import { chatVariables, VERBATIM } from './chat-messages.js';
import type { ChatTemplate, RenderOptions } from './chat-template.js';
import { faultOf } from './jinja.js';
import { type MarkCharacters, Marks, type Slot, TextCollector, unusedCharacters } from './marks.js';
import { type MarkedText, matchMarks, splitAtMarks } from './match-marks.js';
import { pythonStrip } from './python-strip.js';

/** How the texts of a conversation are marked. */
export interface MarkStyle {
  readonly characters: MarkCharacters;
  /** Tags within texts that are left unmarked, for the template looks for them. */
  readonly keptTags: readonly string[];
}

/** A conversation rendered twice, with its texts and with marks in their place, and the one read by the other. */
export interface MarkedChat {
  readonly kind: 'chat';
  readonly style: MarkStyle;
  /** The rendering of the marks. */
  readonly marked: string;
  readonly parts: MarkedText;
  /** What stands where each mark of `parts` does. */
  readonly texts: readonly string[];
  /** Every text stands there as it is, and nothing in it could make a template write something else. */
  readonly isVerbatim: boolean;
}

export interface MarkingOptions extends RenderOptions {
  /**
   * The texts are known from a longer conversation that was {@link MarkedChat.isVerbatim}: they need not be rendered
   * themselves, for they stand where their marks do. Default false.
   */
  readonly areVerbatim?: boolean;
}

/**
 * Renders a conversation so that it is known which of its characters the template has written and which come from the row:
 * the rendering of the texts has to be, character for character, the rendering of the marks with the texts in their
 * place. Where it is not, because the template looks into the texts, the tags that it looks for are left unmarked.
 */
export function renderWithMarks(
  template: ChatTemplate,
  conversation: Conversation,
  options: MarkingOptions = {},
): MarkedChat | ChatFault {
  const collector = new TextCollector();
  chatVariables(conversation, collector);
  const characters = unusedCharacters([...collector.texts, template.source]);
  if (characters === undefined) {
    return chatFault('template_refuses', 'the row uses every character for private use');
  }
  const rendering = options.areVerbatim
    ? undefined
    : template.render(chatVariables(conversation, VERBATIM), options);
  if (rendering !== undefined && rendering.kind !== 'rendered') return faultOf(rendering);

  const tags = template.knownTags.filter((tag) => collector.texts.some((text) => text.includes(tag)));
  for (const keptTags of tags.length === 0 ? [[]] : [[], tags]) {
    const style = { characters, keptTags };
    const { marked, slots } = renderMarks(template, conversation, style, options);
    if (marked.kind !== 'rendered') return faultOf(marked);
    const parts = splitAtMarks(marked.text, characters);
    const own = parts.slots.map((slot) => slots.get(slot)!.text);
    const texts = rendering === undefined ? own : matchMarks(rendering.text, parts, slots);
    if (texts === undefined) continue;
    const fault = lostText(parts, slots) ?? lostTools(template, conversation, style, marked.text);
    if (fault !== undefined) return fault;
    const isVerbatim =
      tags.length === 0 && texts.every((text, i) => text === own[i]) && collector.texts.every(isStripped);
    return { kind: 'chat', style, marked: marked.text, parts, texts, isVerbatim };
  }
  return chatFault(
    'template_alters_text',
    'the chat template changes more of a text than whitespace at its ends, so that it is unknown what is to be scored',
  );
}

function isStripped(text: string): boolean {
  return pythonStrip(text, 'both') === text;
}

/** The conversation with marks for texts, and the texts they stand for. */
export function renderMarks(
  template: ChatTemplate,
  conversation: Conversation,
  { characters, keptTags }: MarkStyle,
  options: RenderOptions = {},
) {
  const marks = new Marks(characters, keptTags);
  const marked = template.renderMarked(chatVariables(conversation, marks), options);
  return { marked, slots: marks.slots };
}

function lostText(parts: MarkedText, slots: ReadonlyMap<number, Slot>): ChatFault | undefined {
  const written = new Set(parts.slots);
  for (const [number, { text, isRequired }] of slots) {
    if (!isRequired || written.has(number)) continue;
    const excerpt = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
    return chatFault('template_alters_text', `the chat template leaves out a text: ${excerpt}`);
  }
  return undefined;
}

/** Tools and calls are made of names and numbers too, which have no marks: what shows them is what they change. */
function lostTools(
  template: ChatTemplate,
  conversation: Conversation,
  style: MarkStyle,
  marked: string,
): ChatFault | undefined {
  const { turns, tools } = conversation;
  const isSame = (changed: Conversation) => {
    const without = renderMarks(template, changed, style).marked;
    return without.kind === 'rendered' && without.text === marked;
  };
  if (tools.length > 0 && isSame({ turns, tools: [] })) {
    return chatFault('template_refuses', 'the chat template has no place for tools');
  }
  const silent = (turn: Turn) => (turn.toolCalls.length === 0 ? turn : { ...turn, toolCalls: [] });
  if (turns.some(({ toolCalls }) => toolCalls.length > 0) && isSame({ turns: turns.map(silent), tools })) {
    return chatFault('template_refuses', 'the chat template has no place for tool calls');
  }
  return undefined;
}
