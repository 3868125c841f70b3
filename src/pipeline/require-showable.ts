import type { LaidOutRow } from '../dataset/open-dataset.js';
import { nothingScorable } from '../dataset/require-sample.js';
import { type Conversation, sampleOf } from '../domain/conversation.js';
import type { TargetChoice } from '../options/choices.js';
import { named } from '../options/option-name.js';
import { ChatTemplate } from '../prompt/chat/chat-template.js';
import {
  type ConversationRenderer,
  conversationRenderer,
  type PromptTemplate,
} from '../prompt/conversation-renderer.js';
import type { ChatFault } from '../prompt/rendered-chat.js';

/**
 * Makes sure, before a student or a teacher is put to work, that the template can show some row of a dataset. Reads as far
 * as the first that it can show.
 * @param name - Of the dataset, as the user named it.
 * @throws {ReflectionError} `nothing_scorable` with what it refuses of the first row.
 */
export async function requireShowable(
  rows: AsyncIterable<LaidOutRow>,
  template: PromptTemplate,
  targets: TargetChoice,
  name: string,
): Promise<void> {
  const renderer = conversationRenderer(template, targets);
  let refused = 0;
  let first: ChatFault | undefined;
  for await (const row of rows) {
    if (row.kind === 'bad') continue;
    const { conversation } = row.kind === 'preference' ? row.chosen : row;
    // a template of ours is made for samples
    if (!(template instanceof ChatTemplate) && sampleOf(conversation) !== undefined) return;
    const fault = refusalOf(conversation, renderer);
    if (fault === undefined) return;
    refused += 1;
    first ??= fault;
  }
  if (first === undefined) return;
  throw nothingScorable(name, {
    found: `the template ${template.name} can show none of them (${refused} refused, the first with ${first.reason}: ${first.problem})`,
    remedy: `Choose another ${named('template')}; inspect shows rows as a template writes them.`,
  });
}

/** What the template has against a conversation; undefined when it can show one of its answers. */
function refusalOf(conversation: Conversation, renderer: ConversationRenderer): ChatFault | undefined {
  const rendered = renderer.render(conversation);
  if (rendered.kind === 'fault') return rendered;
  const { sequences, faults } = rendered;
  if (sequences.some(({ targets }) => targets.length > 0)) return undefined;
  return [...faults.values()][0];
}
