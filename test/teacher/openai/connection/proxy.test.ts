import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../../../src/teacher/openai/connection/proxy.js';

const PROXY = 'http://proxy.example:3128';
const at = (address: string, environment: Record<string, string>) =>
  proxyFor(new URL(address), environment)?.origin;

describe('the proxy for an address', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    ['https://api.example/v1', { HTTPS_PROXY: PROXY }, PROXY],
    ['https://api.example/v1', { https_proxy: PROXY }, PROXY],
    ['https://api.example/v1', { https_proxy: 'http://small:1', HTTPS_PROXY: PROXY }, 'http://small:1'],
    ['https://api.example/v1', { HTTP_PROXY: PROXY }, undefined],
    ['http://api.example/v1', { HTTP_PROXY: PROXY }, PROXY],
    ['http://api.example/v1', { HTTPS_PROXY: PROXY }, undefined],
    ['https://api.example/v1', { ALL_PROXY: PROXY }, PROXY],
    ['https://api.example/v1', { HTTPS_PROXY: '', ALL_PROXY: PROXY }, PROXY],
    ['https://api.example/v1', { HTTPS_PROXY: 'proxy.example:3128' }, PROXY],
    ['https://api.example/v1', { HTTPS_PROXY: 'https://proxy.example' }, 'https://proxy.example'],
    ['https://api.example/v1', {}, undefined],
  ])('%s is, with %j, %s', (address, environment, proxy) => {
    expect(at(address, environment)).toBe(proxy);
  });

  it.each([
    ['https://api.example', 'api.example', true],
    ['https://api.example', 'example', true],
    ['https://api.example', '.example', true],
    ['https://api.example', '*.example', true],
    ['https://API.Example', 'api.example', true],
    ['https://api.example', 'other.example,api.example', true],
    ['https://api.example', ' other.example  api.example ', true],
    ['https://api.example', '*', true],
    ['https://api.example', 'api.example:443', true],
    ['https://api.example', 'api.example:8443', false],
    ['http://api.example:8443', 'api.example:8443', true],
    ['https://api.example', 'pi.example', false],
    ['https://api.example', 'xample', false],
    ['https://api.example', '', false],
    ['https://10.0.0.7', '10.0.0.7', true],
    ['https://10.0.0.7', '0.0.7', false],
    ['https://[fd00::7]', 'fd00::7', true],
    ['https://[fd00::7]', '[fd00::7]', true],
    ['https://[fd00::7]:8443', '[fd00::7]:8443', true],
  ])('%s is none with NO_PROXY=%s: %s', (address, exempt, isExempt) => {
    const environment = { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, NO_PROXY: exempt };
    expect(at(address, environment)).toBe(isExempt ? undefined : PROXY);
  });

  it.each(['http://localhost:8080', 'http://127.0.0.1:8080', 'https://[::1]:8080'])(
    '%s, on this machine, is none',
    (address) => {
      expect(at(address, { HTTP_PROXY: PROXY, HTTPS_PROXY: PROXY, ALL_PROXY: PROXY })).toBeUndefined();
    },
  );

  it.each(['socks5://me:secret@proxy.example:1080', 'http://', 'http://me:secret@:99999'])(
    'is refused where %s speaks no http, without being repeated',
    (proxy) => {
      let error: unknown;
      try {
        at('https://api.example', { HTTPS_PROXY: proxy });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({
        code: 'invalid_option',
        message: expect.stringContaining('HTTPS_PROXY'),
      });
      expect(String((error as Error).message)).not.toContain('secret');
    },
  );
});
