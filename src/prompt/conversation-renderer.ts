import type { Conversation } from '../domain/conversation.js';
import type { TargetChoice } from '../options/choices.js';
import { ChatTemplate } from './chat/chat-template.js';
import { renderChat, renderChatPrompt } from './chat/render-chat.js';
import { renderPlainChat, renderPlainPrompt } from './plain-chat.js';
import type { ChatFault, Piece, RenderedChat } from './rendered-chat.js';
import type { Template } from './template.js';

/** What prompts are made with: one of our templates, or the student's own. */
export type PromptTemplate = Template | ChatTemplate;

/** Shows conversations to a student. */
export interface ConversationRenderer {
  /**
   * The conversation with the targets of all its turns that have one, or why the template cannot show it.
   * @param whole - A rendering of a conversation that all its texts are from, which may save looking at them again.
   */
  render(conversation: Conversation, whole?: RenderedChat): RenderedChat | ChatFault;
  /** What comes before the assistant's next turn. */
  renderPrompt(history: Conversation, whole?: RenderedChat): readonly Piece[] | ChatFault;
}

export function conversationRenderer(template: PromptTemplate, targets: TargetChoice): ConversationRenderer {
  if (template instanceof ChatTemplate) {
    return {
      render: (conversation, whole) => renderChat(template, conversation, targets, marking(whole)),
      renderPrompt: (history, whole) => renderChatPrompt(template, history, marking(whole)),
    };
  }
  return {
    render: (conversation) => renderPlainChat(template, conversation, targets),
    renderPrompt: (history) => renderPlainPrompt(template, history),
  };
}

function marking(whole: RenderedChat | undefined) {
  return { areVerbatim: whole?.isVerbatim ?? false };
}
