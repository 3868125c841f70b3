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
  /** The conversation with the targets of all its turns that have one, or why the template cannot show it. */
  render(conversation: Conversation): RenderedChat | ChatFault;
  /** What comes before the assistant's next turn. */
  renderPrompt(history: Conversation): readonly Piece[] | ChatFault;
}

export function conversationRenderer(template: PromptTemplate, targets: TargetChoice): ConversationRenderer {
  if (template instanceof ChatTemplate) {
    return {
      render: (conversation) => renderChat(template, conversation, targets),
      renderPrompt: (history) => renderChatPrompt(template, history),
    };
  }
  return {
    render: (conversation) => renderPlainChat(template, conversation, targets),
    renderPrompt: (history) => renderPlainPrompt(template, history),
  };
}
