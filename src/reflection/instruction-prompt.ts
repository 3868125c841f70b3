import type { ReplySchema } from '../teacher/reply/reply-schema.js';
import { ANSWER_CRITERIA } from './answer-criteria.js';
import { createPrompt, PROMPT_VERSION, type ReflectionPrompt } from './reflection-prompt.js';
import { MATERIAL_ONLY, PLACEHOLDERS } from './shared-wording.js';

/**
 * The reply to an instruction reflection. The published method shows the teacher no input and blanks it in what
 * results; here the teacher sees it and may give the new instruction an input of its own, or none.
 */
export const INSTRUCTION_REPLY: ReplySchema = {
  name: 'instruction_reflection',
  placeholders: PLACEHOLDERS,
  fields: [
    {
      name: 'topic_complexity',
      kind: 'critique',
      description: 'How complex is the topic, and is it too simple to teach anything?',
    },
    {
      name: 'detail_required',
      kind: 'critique',
      description:
        'How much detail does the instruction demand, and where does it let a shallow answer pass?',
    },
    {
      name: 'knowledge_required',
      kind: 'critique',
      description: 'What must one know to answer, and does it go beyond what everybody knows?',
    },
    {
      name: 'ambiguity',
      kind: 'critique',
      description: 'What is unclear, underspecified or open to several readings?',
    },
    {
      name: 'reasoning_required',
      kind: 'critique',
      description:
        'How much logical reasoning or problem solving does it take, and where could it take more?',
    },
    ...ANSWER_CRITERIA,
    {
      name: 'cause',
      kind: 'critique',
      description: 'Which weaknesses of the instruction led to which weaknesses of the answer?',
    },
    {
      name: 'new_instruction',
      kind: 'text',
      description:
        'A new, complete instruction that avoids these weaknesses and takes thought to answer. It stays with the ' +
        'subject but stands on its own: whoever reads it knows nothing of the sample.',
    },
    {
      name: 'new_input',
      kind: 'text',
      optional: true,
      description:
        'The material the new instruction works on (a passage, data, code), written out in full. Write "none" if ' +
        'it needs no material.',
    },
    {
      name: 'new_answer',
      kind: 'text',
      description:
        'A correct, complete and detailed answer to the new instruction, and nothing but the answer.',
    },
  ],
};

/** Asks what is wrong with an instruction and its answer, and for a better pair. */
export const INSTRUCTION_PROMPT: ReflectionPrompt = createPrompt({
  version: PROMPT_VERSION,
  system:
    'You are an exacting editor of training data for language models. You judge an instruction by how much a ' +
    `student could learn from answering it, and you write better ones. ${MATERIAL_ONLY}`,
  user: [
    'Examine the training sample below.',
    'First criticise the instruction (together with its input, if there is one), then the answer, then say how ' +
      'the one caused the other. Be specific: name the words or the omissions you mean. After that, and guided ' +
      'by it, write a new instruction and answer it.',
    '{sample}',
  ].join('\n\n'),
  schema: INSTRUCTION_REPLY,
});
