import type { JsonObject } from '../util/json-value.js';
import type { Sample } from './sample.js';

/** Who speaks: `system` sets the scene, `tool` returns what a call has brought. */
export const ROLES = ['system', 'user', 'assistant', 'tool'] as const;
export type Role = (typeof ROLES)[number];

/** A call that an assistant makes. */
export interface ToolCall {
  readonly name: string;
  readonly arguments: JsonObject;
  /** What the result refers to it by. */
  readonly id?: string;
}

/** What one speaker says at once. */
export interface Turn {
  readonly role: Role;
  /** Empty where an assistant only calls tools. */
  readonly text: string;
  /** Material that came in a field of its own, as Alpaca's `input` does; empty as a rule. */
  readonly input: string;
  /** Reasoning that came in a field of its own and not within the text; empty as a rule. */
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  /** Of a speaker who has one, or of the tool that a result is from. */
  readonly name?: string;
  /** Which call a tool's result answers. */
  readonly toolCallId?: string;
  /** True of an assistant's turn that is to be learnt, and so is scored; all others are context. */
  readonly isTarget: boolean;
}

/** What a row is about when it is more than an instruction and its answer: the turns, in order. */
export interface Conversation {
  readonly turns: readonly Turn[];
  /** Descriptions of the tools that may be called, as the row gives them. */
  readonly tools: readonly JsonObject[];
}

/** A turn of nothing but a text. */
export function textTurn(role: Role, text: string): Turn {
  return { role, text, input: '', reasoning: '', toolCalls: [], isTarget: role === 'assistant' };
}

/** What a user says, material included: the text that r-IFD predicts. */
export function spokenText({ text, input }: Pick<Turn, 'text' | 'input'>): string {
  return input === '' ? text : `${text}\n${input}`;
}

/** The conversation that a sample is: its instruction, with its input, and the answer. */
export function conversationOf({ instruction, input, output }: Sample): Conversation {
  const turns = [{ ...textTurn('user', instruction), input }, textTurn('assistant', output)];
  return { turns, tools: [] };
}

/** Undefined unless the conversation is just a sample: a user's text, answered by a text. */
export function sampleOf({ turns, tools }: Conversation): Sample | undefined {
  const [question, answer] = turns;
  if (turns.length !== 2 || question?.role !== 'user' || answer?.role !== 'assistant') return undefined;
  const isMore =
    tools.length > 0 || answer.toolCalls.length > 0 || answer.reasoning !== '' || !answer.isTarget;
  return isMore ? undefined : { instruction: question.text, input: question.input, output: answer.text };
}
