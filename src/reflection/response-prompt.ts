import type { ReplySchema } from '../teacher/reply/reply-schema.js';
import { ANSWER_CRITERIA } from './answer-criteria.js';
import { createPrompt, PROMPT_VERSION, type ReflectionPrompt } from './reflection-prompt.js';
import { MATERIAL_ONLY, PLACEHOLDERS } from './shared-wording.js';

export const RESPONSE_REPLY: ReplySchema = {
  name: 'response_reflection',
  placeholders: PLACEHOLDERS,
  fields: [
    ...ANSWER_CRITERIA,
    {
      name: 'better_answer',
      kind: 'text',
      description:
        'A new, complete answer to the same instruction that has none of these faults and is as detailed as the ' +
        'instruction calls for. Nothing but the answer: no remark on the old one.',
    },
  ],
};

/** Asks what is wrong with an answer, and for a better one to the same instruction. */
export const RESPONSE_PROMPT: ReflectionPrompt = createPrompt({
  version: PROMPT_VERSION,
  system:
    'You are an exacting editor of training data for language models. You judge how well an answer serves its ' +
    `instruction, and you write better ones. ${MATERIAL_ONLY}`,
  user: [
    'Examine the answer in the training sample below.',
    'First criticise the answer to the instruction (and its input, if there is one). Be specific: name the words ' +
      'or the omissions you mean. After that, and guided by it, answer the instruction anew.',
    '{sample}',
  ].join('\n\n'),
  schema: RESPONSE_REPLY,
});
