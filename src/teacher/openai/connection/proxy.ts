import { isIP } from 'node:net';
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
