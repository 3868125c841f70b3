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
}

/** Builds a template from its two texts, which must hold their placeholders as {@link Template} says. */
export function createTemplate(name: string, noInput: string, withInput: string): Template {
  const digest = createHash('sha256')
    .update(JSON.stringify([noInput, withInput]))
    .digest('hex');
  return { name, noInput, withInput, hash: digest.slice(0, 16) };
}

/** The text before the answer, PPL(answer | this) being IFD's numerator. Field values appear verbatim. */
export function renderPrompt(template: Template, sample: Sample): string {
  return fill(sample.input === '' ? template.noInput : template.withInput, sample);
}

/** The text before the instruction in r-IFD: the no-input prompt of a request to guess it from `output`. */
export function renderReversePrompt(template: Template, output: string): string {
  return fill(template.noInput, { instruction: REVERSE_HEAD + output + REVERSE_TAIL, input: '' });
}

// The wording, grammar included, is that of the published method; another wording gives other scores.
const REVERSE_HEAD =
  'Below is the response to an instruction, please guess the corresponding instruction for the given response.\n';
const REVERSE_TAIL = '\nGenerate the instruction for the above response.';

/** One pass with a replacer function: placeholders and `$&` inside the values stay plain text. */
function fill(text: string, values: Pick<Sample, 'instruction' | 'input'>): string {
  return text.replace(/\{(instruction|input)\}/g, (_, field: 'instruction' | 'input') => values[field]);
}
