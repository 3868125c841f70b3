import { isIP } from 'node:net';
import { ReflectionError } from '../../errors.js';

/** Where the key is read from unless another variable is named. */
export const DEFAULT_API_KEY_VARIABLE = 'OPENAI_API_KEY';

/**
 * The key for a server, from the environment only. Servers on this machine or in a private network need none.
 * @throws {ReflectionError} `teacher_unauthorized` when a public server has no key.
 */
export function readApiKey(
  baseUrl: URL,
  variable: string = DEFAULT_API_KEY_VARIABLE,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  const key = environment[variable]?.trim();
  if (key !== undefined && key !== '') return key;
  if (isPrivateHost(baseUrl.hostname)) return null;
  throw new ReflectionError(
    'teacher_unauthorized',
    `The teacher at ${baseUrl.origin} needs an API key, and ${variable} is not set.`,
    { remedy: `Set the environment variable ${variable} to your key.` },
  );
}

const PRIVATE_IPV4 = /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0$)/;
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|lan)$/;

/** True for names and addresses that cannot be reached from the internet. */
function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(host) === 4) return PRIVATE_IPV4.test(host);
  if (isIP(host) === 6) return host === '::1' || /^f[cde]/.test(host);
  return PRIVATE_NAME.test(host) || !host.includes('.');
}

/** Shorter keys are no secrets (`EMPTY`, `ollama`), and words of many a text. */
const SHORTEST_SECRET = 8;

export type Redact = (text: string) => string;

/** Blots a key out of whatever passes: servers and proxies may echo it in errors, models in replies. */
export function createRedactor(key: string | null): Redact {
  if (key === null || key.length < SHORTEST_SECRET) return (text) => text;
  const forms = [key, encodeURIComponent(key), Buffer.from(key).toString('base64')];
  return (text) => forms.reduce((redacted, form) => redacted.replaceAll(form, '[secret]'), text);
}
