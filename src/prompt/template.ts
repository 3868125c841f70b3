import { createHash } from 'node:crypto';
import type { Sample } from '../domain/sample.js';

/**
 * What a prompt is made from: two texts, for samples with and without an input. The answer follows the rendered
 * prompt directly, so a space or newline that belongs between them is part of the template.
 */
export interface Template {
  readonly name: string;
  /** Holds `{instruction}` once. */
  readonly noInput: string;
  /** Holds `{instruction}` once and `{input}` once. */
  readonly withInput: string;
  /** The first 16 hex digits of SHA-256 over both texts. The name is left out: it changes no score. */
  readonly hash: string;
  /** How turns that follow the first are written. */
  readonly chat: ChatForm;
}

/** What of a template is repeated from turn to turn in a conversation, and what is not. */
export interface ChatForm {
  /** With this the part begins that asks; what stands before it is said once, or else by a system prompt. */
  readonly question: string;
  /** With this the part begins that an answer follows, where there is no question. */
  readonly answer: string;
  /** Stands between a system prompt, questions and answers. */
  readonly separator: string;
}

/** Of a template that does not say: all of it is repeated. */
const REPEATED: ChatForm = { question: '', answer: '', separator: '\n\n' };

/** Builds a template from its two texts, which must hold their placeholders as {@link Template} says. */
export function createTemplate(
  name: string,
  noInput: string,
  withInput: string,
  chat: ChatForm = REPEATED,
): Template {
  const digest = createHash('sha256')
    .update(JSON.stringify([noInput, withInput]))
    .digest('hex');
  return { name, noInput, withInput, hash: digest.slice(0, 16), chat };
}

/** The text before the answer, PPL(answer | this) being IFD's numerator. Field values appear verbatim. */
export function renderPrompt(template: Template, sample: Sample): string {
  return fill(sample.input === '' ? template.noInput : template.withInput, sample);
}

/** The text before the instruction in r-IFD: the no-input prompt of a request to guess it from `output`. */
export function renderReversePrompt(template: Template, output: string): string {
  return fill(template.noInput, { instruction: reverseInstruction(output), input: '' });
}

/** What is asked for in r-IFD: to guess the instruction that `output` answers. */
export function reverseInstruction(output: string): string {
  return REVERSE_HEAD + output + REVERSE_TAIL;
}

// The wording, grammar included, is that of the published method; another wording gives other scores.
const REVERSE_HEAD =
  'Below is the response to an instruction, please guess the corresponding instruction for the given response.\n';
const REVERSE_TAIL = '\nGenerate the instruction for the above response.';

/** One pass with a replacer function: placeholders and `$&` inside the values stay plain text. */
function fill(text: string, values: Pick<Sample, 'instruction' | 'input'>): string {
  return text.replace(/\{(instruction|input)\}/g, (_, field: 'instruction' | 'input') => values[field]);
}
