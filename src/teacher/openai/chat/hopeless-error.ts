import { ReflectionError } from '../../../errors.js';
import { named } from '../../../options/option-name.js';
import type { ChatFault } from './chat-fault.js';

/** The error for what would go wrong with every other request too. */
export function hopelessError({ kind, status, detail, cause }: ChatFault): ReflectionError | undefined {
  switch (kind) {
    case 'unauthorized':
      return new ReflectionError(
        'teacher_unauthorized',
        `The teacher ${status === 403 ? 'forbids the request' : 'does not accept the API key'}. ${detail}`,
        {
          remedy: `Check the key in the environment (${named('apiKeyVariable')}) and what it may be used for.`,
          cause,
        },
      );
    case 'not_found':
      return new ReflectionError('teacher_unusable', `The teacher has no such model or address. ${detail}`, {
        remedy: `Check the model's name and ${named('baseUrl')}.`,
        cause,
      });
    case 'not_a_server':
      return new ReflectionError('teacher_unusable', `There is no teacher at this address. ${detail}`, {
        remedy: `Check ${named('baseUrl')}: it is that of a chat completion server, and ends in /v1 as a rule.`,
        cause,
      });
    case 'untrusted':
      return new ReflectionError('teacher_unreachable', `The teacher's server cannot be trusted. ${detail}`, {
        remedy:
          `Check that ${named('baseUrl')} has the server's own name. Where your network or company signs ` +
          'certificates itself, set NODE_EXTRA_CA_CERTS to the file with its own (PEM).',
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
