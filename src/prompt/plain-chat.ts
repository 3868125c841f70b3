import type { Conversation, Turn } from '../domain/conversation.js';
import { splitReasoning } from '../domain/split-reasoning.js';
import type { TargetChoice } from '../options/choices.js';
import { named } from '../options/option-name.js';
import {
  type ChatFault,
  type ChatTarget,
  chatFault,
  type Piece,
  type RenderedChat,
} from './rendered-chat.js';
import { renderPrompt, type Template } from './template.js';

/**
 * Writes a conversation with a template that was made for single questions: what its prompt begins with comes once, or a
 * system prompt in its place; questions and answers follow each other. Of one question and its answer this is the prompt
 * that {@link renderPrompt} makes. Everything is text, and there are no tools.
 */
export function renderPlainChat(
  template: Template,
  conversation: Conversation,
  choice: TargetChoice,
): RenderedChat | ChatFault {
  const page = new Page(template);
  const fault = page.write(conversation, choice);
  if (fault !== undefined) return fault;
  const last = page.targets.at(-1)?.end ?? 0;
  const sequence = { pieces: page.pieces.slice(0, last), targets: page.targets };
  return { kind: 'chat', sequences: [sequence], faults: new Map(), isVerbatim: true };
}

/** The same up to where the assistant goes on. */
export function renderPlainPrompt(template: Template, history: Conversation): readonly Piece[] | ChatFault {
  const page = new Page(template);
  const fault = page.write(history, 'all');
  if (fault !== undefined) return fault;
  page.beginAnswer();
  return page.pieces;
}

/** A conversation as it is being written. */
class Page {
  readonly #template: Template;
  readonly pieces: Piece[] = [];
  readonly targets: ChatTarget[] = [];
  /** What is written since the last answer. */
  #prompt = '';
  #isAsked = false;

  constructor(template: Template) {
    this.#template = template;
  }

  write({ turns, tools }: Conversation, choice: TargetChoice): ChatFault | undefined {
    if (tools.length > 0) return this.#refuse('tools');
    for (const [i, turn] of turns.entries()) {
      const fault = this.#writeTurn(turn, i, choice);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** Ends what comes before an answer. */
  beginAnswer(): void {
    if (!this.#isAsked) this.#prompt = this.#after(this.#template.chat.answer);
    this.#add(this.#prompt);
    this.#prompt = '';
    this.#isAsked = false;
  }

  #writeTurn(turn: Turn, index: number, choice: TargetChoice): ChatFault | undefined {
    switch (turn.role) {
      case 'system':
        if (index > 0) return this.#refuse('a system prompt that is not the first message');
        this.#prompt = turn.text;
        return undefined;
      case 'user':
        if (this.#isAsked) return this.#refuse('two questions before an answer');
        this.#prompt = this.#question(turn);
        this.#isAsked = true;
        return undefined;
      case 'assistant':
        if (turn.toolCalls.length > 0) return this.#refuse('tool calls');
        this.beginAnswer();
        this.#answer(turn, index, choice);
        return undefined;
      case 'tool':
        return this.#refuse('what a tool returns');
    }
  }

  #question({ text: instruction, input }: Turn): string {
    const prompt = renderPrompt(this.#template, { instruction, input, output: '' });
    const { noInput, withInput, chat } = this.#template;
    if (this.#prompt === '' && this.pieces.length === 0) return prompt;
    return this.#after(prompt.slice((input === '' ? noInput : withInput).indexOf(chat.question)));
  }

  #after(text: string): string {
    const isFirst = this.#prompt === '' && this.pieces.length === 0;
    return isFirst ? text : this.#prompt + this.#template.chat.separator + text;
  }

  #answer({ text, reasoning: thought, isTarget }: Turn, turn: number, choice: TargetChoice): void {
    const whole = thought === '' ? text : `<think>\n${thought}\n</think>\n\n${text}`;
    const { reasoning, answer } =
      choice === 'answer' ? splitReasoning(whole) : { reasoning: '', answer: whole };
    this.#add(reasoning);
    const begin = this.pieces.length;
    this.#add(answer);
    if (isTarget) this.targets.push({ turn, begin, end: this.pieces.length, endOfTurn: undefined });
  }

  #add(text: string): void {
    if (text !== '') this.pieces.push({ text, isTemplate: false });
  }

  #refuse(what: string): ChatFault {
    return chatFault(
      'template_refuses',
      `the template ${this.#template.name} has no place for ${what}; use ${named('template')} chat with a student that has a chat template`,
    );
  }
}
