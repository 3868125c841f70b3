import { isIP } from 'node:net';
import { ReflectionError } from '../../../errors.js';
import { optionError } from '../../../options/option-error.js';
import { named } from '../../../options/option-name.js';

/** Where the key is read from unless another variable is named. */
export const DEFAULT_API_KEY_VARIABLE = 'OPENAI_API_KEY';

/** A key and the environment variable it was read from. */
export interface ApiKey {
  readonly value: string;
  readonly variable: string;
}

export interface ApiKeyOptions {
  /** Environment variable that holds the key. Default OPENAI_API_KEY. */
  readonly apiKeyVariable?: string | undefined;
  /** Send a key over plain http also to another machine. Default false. */
  readonly allowInsecureHttp?: boolean | undefined;
}

/**
 * The key to send to a server, from the environment only; null where none is sent. Servers on this machine or in a private
 * network need none. Over plain http a key goes to this machine only, unless that is allowed: the default variable's is
 * then left out, as it may be meant for another server, and one that was named is refused.
 * @throws {ReflectionError} `teacher_unauthorized` when a public server has no key, `invalid_option` for one that would
 *   cross a network unencrypted.
 */
export function readApiKey(
  baseUrl: URL,
  { apiKeyVariable, allowInsecureHttp = false }: ApiKeyOptions = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ApiKey | null {
  const variable = apiKeyVariable ?? DEFAULT_API_KEY_VARIABLE;
  const value = environment[variable]?.trim() ?? '';
  if (value === '') {
    if (isPrivateHost(baseUrl.hostname)) return null;
    throw new ReflectionError(
      'teacher_unauthorized',
      `The teacher at ${baseUrl.origin} needs an API key, and ${variable} is not set.`,
      { remedy: `Set the environment variable ${variable} to your key.` },
    );
  }
  if (baseUrl.protocol === 'https:' || isLoopback(baseUrl.hostname) || allowInsecureHttp) {
    return { value, variable };
  }
  if (apiKeyVariable === undefined && isPrivateHost(baseUrl.hostname)) return null;
  throw optionError(
    'allowInsecureHttp',
    `The key in ${variable} would go to ${baseUrl.origin} unencrypted.`,
    {
      remedy:
        `Use an https address; or give ${named('allowInsecureHttp')} where nobody else can listen on the way; or, for a ` +
        `server that needs no key, unset ${variable}.`,
    },
  );
}

const PRIVATE_IPV4 = /^(?:127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0$)/;
const PRIVATE_NAME = /(?:^|\.)(?:localhost|local|internal|lan)$/;

/** True for names and addresses that cannot be reached from the internet. */
function isPrivateHost(hostname: string): boolean {
  const host = plainHost(hostname);
  if (isIP(host) === 4) return PRIVATE_IPV4.test(host);
  if (isIP(host) === 6) return host === '::1' || /^f[cde]/.test(host);
  return PRIVATE_NAME.test(host) || !host.includes('.');
}

/** True for names and addresses of this machine. */
function isLoopback(hostname: string): boolean {
  const host = plainHost(hostname);
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || /(?:^|\.)localhost$/.test(host);
}

/** As a URL gives it, but an IPv6 address without its brackets. */
function plainHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

/** Shorter keys are no secrets (`EMPTY`, `ollama`), and words of many a text. */
const SHORTEST_SECRET = 8;

export type Redact = (text: string) => string;

/** Blots a key out of whatever passes: servers and proxies may echo it in errors, models in replies. */
export function createRedactor(key: ApiKey | null): Redact {
  if (key === null || key.value.length < SHORTEST_SECRET) return (text) => text;
  const forms = [key.value, encodeURIComponent(key.value), Buffer.from(key.value).toString('base64')];
  return (text) => forms.reduce((redacted, form) => redacted.replaceAll(form, '[secret]'), text);
}
