import type { UnscorableReason } from '../domain/score.js';
import { named } from '../options/option-name.js';

/** The `detail` of a sample that tokenizing or scoring found unscorable: what is wrong and what to do. */
export function explainUnscorable(reason: UnscorableReason, maxLength: number): string {
  switch (reason) {
    case 'empty_output':
      return 'the output is empty: there is no answer to score';
    case 'empty_instruction':
      return 'the instruction is empty: r-IFD has nothing to predict';
    case 'prompt_too_long':
      return `the prompt alone fills the maximum length of ${maxLength} tokens; raise ${named('maxLength')} or use a student with a longer context`;
    case 'reverse_prompt_too_long':
      return `the reversed prompt, which holds the answer, fills the maximum length of ${maxLength} tokens, so there is no r-IFD; raise ${named('maxLength')}, use a student with a longer context, or score ${named('metrics')} ifd only`;
    case 'lone_surrogate':
      return 'a text holds a lone UTF-16 surrogate, which no tokenizer can encode; replace it';
    case 'no_target_tokens':
      return 'tokenizing left no target token that has a predecessor to be predicted from';
    case 'not_a_sample':
      return `the row is a conversation, and the definition is about one question and its answer; use the ${named('definition')} exact`;
    case 'not_finite':
      return `the student returned a number that is not finite; its weights are damaged or overflow, try ${named('precision')} precise`;
    default:
      return `the row could not be used (${reason})`;
  }
}
