import { ReflectionError } from '../../../errors.js';
import type { ChatFault } from './chat-fault.js';

/** The error for what would go wrong with every other request too. */
export function hopelessError({ kind, detail, cause }: ChatFault): ReflectionError | undefined {
  switch (kind) {
    case 'unauthorized':
      return new ReflectionError(
        'teacher_unauthorized',
        `The teacher does not accept the API key. ${detail}`,
        {
          remedy: 'Check the key in the environment and what it may be used for.',
          cause,
        },
      );
    case 'not_found':
      return new ReflectionError('teacher_unusable', `The teacher has no such model or address. ${detail}`, {
        remedy: 'Check the model name and the base URL.',
        cause,
      });
    case 'quota':
      return new ReflectionError('budget_exhausted', `The provider's quota is used up. ${detail}`, {
        remedy: 'Add credit to the account and resume; what has been answered is kept.',
        cause,
      });
    default:
      return undefined;
  }
}
