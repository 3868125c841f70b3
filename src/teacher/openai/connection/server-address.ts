import { optionError } from '../../../options/option-error.js';
import { named } from '../../../options/option-name.js';
import { isLoopback } from './loopback.js';
import { isSecretName } from './secrets.js';

export const OPENAI_ENDPOINT = 'https://api.openai.com/v1';

/** What a client would add itself. */
const ROUTES = ['/chat/completions', '/completions', '/chat', '/models'];

/** Where a server is: what all of its addresses begin with, and the query that all of them have. */
export class ServerAddress {
  /** Origin and path, in one spelling for one server. Holds no secrets. */
  readonly endpoint: string;
  readonly #query: URLSearchParams;

  /**
   * @param text - As a user has it: with or without `/v1`, with a slash or `/chat/completions` behind it, with a query
   *   such as Azure's `?api-version=`.
   * @throws {ReflectionError} `invalid_option`. The text itself is not repeated: it may hold a password.
   */
  constructor(text: string) {
    const url = parse(text.trim());
    this.endpoint = url.origin + pathOf(url);
    this.#query = url.searchParams;
  }

  /** The address of a route, e.g. `/chat/completions`. */
  url(route: string, query: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(this.endpoint + route);
    for (const [name, value] of [...this.#query, ...Object.entries(query)])
      url.searchParams.append(name, value);
    return url;
  }

  /** Another place at the same server, for the rest of this address. */
  at(endpoint: string): ServerAddress {
    return new ServerAddress(`${endpoint}?${this.#query}`);
  }

  /** How the server is told from others. This machine has one name. */
  get identity(): string {
    const url = new URL(this.endpoint);
    return isLoopback(url.hostname)
      ? this.endpoint.replace(url.host, withPort('localhost', url))
      : this.endpoint;
  }

  /** What of the query is a secret by its name. */
  get secrets(): readonly string[] {
    return [...this.#query].flatMap(([name, value]) => (isSecretName(name) ? [value] : []));
  }
}

function withPort(host: string, { port }: URL): string {
  return port === '' ? host : `${host}:${port}`;
}

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const looksBare = /^[\w.-]+(?::\d+)?(?:\/|$)/.test(text);
    throw unusable(
      'is no http or https address',
      looksBare ? 'Put http:// or https:// in front of it.' : undefined,
    );
  }
  if (url.username !== '' || url.password !== '') throw unusable('holds a user name or password');
  if (/^\/api\/(?:chat|generate)\/?$/.test(url.pathname)) {
    throw unusable('is that of another protocol, Ollama’s own', `Use ${url.origin}/v1.`);
  }
  return url;
}

/** An address without a path is that of a whole server, whose protocol is at `/v1` by custom. */
function pathOf({ pathname }: URL): string {
  let path = pathname.replace(/\/{2,}/g, '/');
  if (path.endsWith('/')) path = path.slice(0, -1);
  const route = ROUTES.find((ending) => path.endsWith(ending));
  const base = route === undefined ? path : path.slice(0, -route.length);
  return base === '' ? '/v1' : base;
}

function unusable(
  problem: string,
  remedy = 'Give an address such as http://localhost:8080/v1, and keys through the environment.',
): Error {
  return optionError('baseUrl', `The teacher's ${named('baseUrl')} ${problem}.`, {
    remedy,
  });
}
