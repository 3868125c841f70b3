import { describe, expect, it } from 'vitest';
import { type ApiKeyOptions, readApiKey } from '../../../../src/teacher/openai/connection/api-key.js';

const VALUE = 'sk-test-0123456789abcdef';
const SET = { OPENAI_API_KEY: VALUE, MY_KEY: VALUE };
const NAMED = { apiKeyVariable: 'MY_KEY' };
const ALLOWED = { allowInsecureHttp: true };

function read(url: string, options: ApiKeyOptions, environment: Readonly<Record<string, string>> = SET) {
  return readApiKey(new URL(url), options, environment);
}

describe('a key', () => {
  it.each<[string, ApiKeyOptions, string]>([
    ['https://api.openai.com/v1', {}, 'OPENAI_API_KEY'],
    ['https://10.0.0.7/v1', NAMED, 'MY_KEY'],
    ['http://localhost:8080/v1', {}, 'OPENAI_API_KEY'],
    ['http://127.3.2.1/v1', NAMED, 'MY_KEY'],
    ['http://[::1]:8080/v1', NAMED, 'MY_KEY'],
    ['http://10.0.0.7/v1', ALLOWED, 'OPENAI_API_KEY'],
    ['http://api.example.com/v1', { ...NAMED, ...ALLOWED }, 'MY_KEY'],
  ])('goes to %s, given %j', (url, options, variable) => {
    expect(read(url, options)).toEqual({ value: VALUE, variable });
  });

  it.each<[string, ApiKeyOptions]>([
    ['http://10.0.0.7/v1', NAMED],
    ['http://gpu-box:8000/v1', NAMED],
    ['http://[fd00::7]:8000/v1', NAMED],
    ['http://api.example.com/v1', {}],
    ['http://localhost.example.com/v1', {}],
    ['http://127.0.0.1.example.com/v1', {}],
  ])('never crosses the network to %s unencrypted, given %j', (url, options) => {
    expect(() => read(url, options)).toThrow(
      expect.objectContaining({
        code: 'invalid_option',
        message: expect.stringContaining(new URL(url).origin),
        remedy: expect.stringContaining('`allowInsecureHttp`'),
      }),
    );
    expect(() => read(url, options)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(VALUE) }),
    );
  });

  it.each(['http://10.0.0.7/v1', 'http://gpu-box:8000/v1', 'http://box.local/v1'])(
    'meant for another server is not sent to %s, which is asked without one',
    (url) => expect(read(url, {})).toBeNull(),
  );

  it.each([
    'http://10.0.0.7/v1',
    'http://gpu-box:8000/v1',
    'http://localhost:8080/v1',
    'https://10.0.0.7/v1',
  ])('is not needed by %s', (url) => {
    expect(read(url, {}, {})).toBeNull();
    expect(read(url, NAMED, { MY_KEY: ' ' })).toBeNull();
  });

  it('is asked for by name where a public server needs one', () => {
    expect(() => read('https://api.example.com/v1', NAMED, {})).toThrow(
      expect.objectContaining({
        code: 'teacher_unauthorized',
        message: expect.stringContaining('MY_KEY is not set'),
      }),
    );
  });
});
