import type { ReplyField } from '../teacher/reply/reply-schema.js';

/** The method's criteria for an answer, as the part of a critique that both reflections share. */
export const ANSWER_CRITERIA: readonly ReplyField[] = [
  {
    name: 'helpfulness',
    kind: 'critique',
    description: 'Where does the answer fail to help someone who gave this instruction?',
  },
  {
    name: 'relevance',
    kind: 'critique',
    description: 'What in the answer is beside the point, and what was asked for but is not addressed?',
  },
  {
    name: 'accuracy',
    kind: 'critique',
    description: 'Which statements, steps or results are wrong, unsupported or misleading?',
  },
  {
    name: 'level_of_details',
    kind: 'critique',
    description: 'Where is the answer too thin, and where does it spend words on nothing?',
  },
];
