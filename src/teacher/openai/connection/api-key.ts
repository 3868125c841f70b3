import { isIP } from 'node:net';
import { ReflectionError } from '../../../errors.js';
import { optionError } from '../../../options/option-error.js';
import { named } from '../../../options/option-name.js';
import { isLoopback, plainHost } from './loopback.js';

/** Where the key is read from unless another variable is named. */
export const DEFAULT_API_KEY_VARIABLE = 'OPENAI_API_KEY';

/** A key and the environment variable it was read from. */
export interface ApiKey {
  readonly value: string;
  readonly variable: string;
}

export interface ApiKeyOptions {
  /** Environment variable that holds the key. */
  readonly apiKeyVariable?: string | undefined;
  /** The one that it is in unless another is named. Default OPENAI_API_KEY. */
  readonly defaultVariable?: string | undefined;
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
  server: URL,
  {
    apiKeyVariable,
    defaultVariable = DEFAULT_API_KEY_VARIABLE,
    allowInsecureHttp = false,
  }: ApiKeyOptions = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ApiKey | null {
  const variable = apiKeyVariable ?? defaultVariable;
  const value = environment[variable]?.trim() ?? '';
  if (value === '') {
    if (isPrivateHost(server.hostname)) return null;
    throw new ReflectionError(
      'teacher_unauthorized',
      `The teacher at ${server.origin} needs an API key, and ${variable} is not set.`,
      { remedy: `Set the environment variable ${variable} to your key.` },
    );
  }
  if (allowInsecureHttp || isSafe(server)) return { value, variable };
  if (apiKeyVariable === undefined && isPrivateHost(server.hostname)) return null;
  throw unencrypted(
    `The key in ${variable}`,
    server,
    `; or, for a server that needs no key, unset ${variable}`,
  );
}

/** @throws {ReflectionError} `invalid_option` where secrets besides the key would cross a network unencrypted. */
export function refuseUnencrypted(
  secrets: readonly string[],
  server: URL,
  { allowInsecureHttp = false }: Pick<ApiKeyOptions, 'allowInsecureHttp'>,
): void {
  if (secrets.length === 0 || allowInsecureHttp || isSafe(server)) return;
  throw unencrypted(`A secret in ${named('header')}, ${named('extraBody')} or ${named('baseUrl')}`, server);
}

/** Nobody can listen on the way. */
function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostname);
}

function unencrypted(what: string, { origin }: URL, otherwise = ''): ReflectionError {
  return optionError('allowInsecureHttp', `${what} would go to ${origin} unencrypted.`, {
    remedy:
      `Use an https address; or give ${named('allowInsecureHttp')} where nobody else can listen on the way` +
      `${otherwise}.`,
  });
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
