import { request as httpRequest } from 'node:http';
import {
  type AgentOptions,
  Agent as HttpsAgent,
  request as httpsRequest,
  type RequestOptions,
} from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { ReflectionError } from '../../../errors.js';
import { isLoopback, plainHost } from './loopback.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an address: `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, in small letters or
 * capitals, unless `NO_PROXY` names the host; undefined where there is none. This machine is never asked through one.
 * @throws {ReflectionError} `invalid_option` for a proxy that speaks no http.
 */
export function proxyFor(url: URL, environment: Environment = process.env): URL | undefined {
  const read = (name: string) => environment[name.toLowerCase()] || environment[name] || undefined;
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const text = read(variable) ?? read('ALL_PROXY');
  if (text === undefined || isLoopback(url.hostname) || isExempt(url, read('NO_PROXY') ?? ''))
    return undefined;
  // Without a scheme it is the usual one.
  const address = /^[a-z0-9]+:\/\//i.test(text) ? text : `http://${text}`;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy;
  throw new ReflectionError('invalid_option', `${variable} (or ALL_PROXY) names no http or https proxy.`, {
    remedy: 'Set it to an address such as http://proxy.example.com:3128, or add the host to NO_PROXY.',
  });
}

/** Whether a list such as `localhost,.example.com,10.0.0.7:8080` names the host or a domain that it is in. */
function isExempt(url: URL, list: string): boolean {
  const host = plainHost(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [name, entryPort] = splitPort(entry);
      if (entryPort !== undefined && entryPort !== port) return false;
      const domain = name.replace(/^\*?\./, '');
      return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
    });
}

/** A list's entry without its port, and the port; the colons of a bare IPv6 address are none of a port. */
function splitPort(entry: string): readonly [name: string, port: string | undefined] {
  if (isIP(plainHost(entry)) === 6) return [plainHost(entry), undefined];
  const colon = entry.lastIndexOf(':');
  return colon === -1
    ? [plainHost(entry), undefined]
    : [plainHost(entry.slice(0, colon)), entry.slice(colon + 1)];
}

/** What tells a proxy who asks, from the name and password in its address. */
export function proxyAuthorization({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** An address that node makes no `authorization` of, which would be the server's business. */
export function withoutCredentials(url: URL): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

/** How long a proxy may take to get through. Milliseconds. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Opens encrypted connections through a proxy, which sees where they go, but nothing of what passes. */
export class TunnelAgent extends HttpsAgent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const fail = (error: Error) => callback?.(error, undefined as unknown as Duplex);
    const target = `${options.host}:${options.port}`;
    const ask = this.#proxy.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = ask(withoutCredentials(this.#proxy), {
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(this.#proxy) },
      agent: false,
    });
    request.setTimeout(ANSWER_TIMEOUT_MS, () => {
      request.destroy(new ProxyError(`The proxy ${this.#proxy.origin} gives no answer.`));
    });
    request.on('error', fail);
    request.on('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) {
        const { path: _, ...rest } = options;
        callback?.(
          null,
          tlsConnect({
            ...(rest as ConnectionOptions),
            socket,
          }),
        );
        return;
      }
      socket.destroy();
      fail(new ProxyError(`The proxy ${this.#proxy.origin} answered with status ${statusCode}.`));
    });
    request.end();
    return undefined;
  }
}

/** A proxy did not let a connection through. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
}
