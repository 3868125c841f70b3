import { isIP } from 'node:net';

/** A host as a URL gives it, but an IPv6 address without its brackets. */
export function plainHost(hostname: string): string {
  const isBracketed = hostname.startsWith('[') && hostname.endsWith(']');
  return (isBracketed ? hostname.slice(1, -1) : hostname).toLowerCase();
}

/** True for names and addresses of this machine. */
export function isLoopback(hostname: string): boolean {
  const host = plainHost(hostname);
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost' || host.endsWith('.localhost');
}
