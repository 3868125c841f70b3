import type { ReflectionError } from '../../../errors.js';
import { optionError } from '../../../options/option-error.js';
import { named } from '../../../options/option-name.js';
import type { TeacherServer } from '../../teacher.js';
import type { ApiKey } from './api-key.js';

const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/**
 * A server's address: the one given, else the environment's OPENAI_BASE_URL, else OpenAI's own.
 * @throws {ReflectionError} `invalid_option`.
 */
export function readBaseUrl(given: string | undefined): URL {
  const text = given ?? (process.env.OPENAI_BASE_URL || OPENAI_BASE_URL);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw unusable('is no http or https address');
  if (url.username !== '' || url.password !== '') throw unusable('holds a user name or password');
  return url;
}

/** What may be said of a server. */
export function teacherServer(baseUrl: URL, apiKey: ApiKey | null): TeacherServer {
  return { endpoint: baseUrl.origin + baseUrl.pathname, keyVariable: apiKey?.variable ?? null };
}

/** The text itself is not repeated: it may hold a password. */
function unusable(problem: string): ReflectionError {
  return optionError('baseUrl', `The teacher's ${named('baseUrl')} ${problem}.`, {
    remedy: 'Give an address such as http://localhost:8080/v1, and keys through the environment.',
  });
}
