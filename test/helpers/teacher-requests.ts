import type { ReplySchema } from '../../src/teacher/reply/reply-schema.js';
import type { TeacherRequest } from '../../src/teacher/teacher.js';

export const ANSWER_SCHEMA: ReplySchema = {
  name: 'answer_review',
  fields: [
    { name: 'relevance', description: 'How relevant the answer is.', kind: 'critique' },
    { name: 'better_answer', description: 'A new and complete answer.', kind: 'text' },
  ],
  placeholders: ['your answer', 'N/A'],
};

export const ANSWER = { relevance: 'Beside the point.', better_answer: 'Paris.' };

export function teacherRequest(changes: Partial<TeacherRequest> = {}): TeacherRequest {
  return {
    key: 'row-1',
    system: 'You review answers.',
    user: 'What is the capital of France? Answer: Lyon.',
    schema: ANSWER_SCHEMA,
    maxTokens: 100,
    temperature: 0,
    ...changes,
  };
}
