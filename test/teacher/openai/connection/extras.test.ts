import { describe, expect, it } from 'vitest';
import { readExtras } from '../../../../src/teacher/openai/connection/extras.js';
import { createRedactor } from '../../../../src/teacher/openai/connection/secrets.js';

const ENVIRONMENT = { MY_KEY: 'key-0123456789', USER_TAG: 'team-blue' };
const read = (given: Parameters<typeof readExtras>[0]) => readExtras(given, ENVIRONMENT);

describe('headers that are sent along', () => {
  it('have their variables filled in, and are known to be secret by their names or variables', () => {
    expect(
      read({
        header: ['X-Title: my project', 'X-Api-Key: plain-0123456789', 'X-User: {env:USER_TAG}/{env:MY_KEY}'],
      }),
    ).toEqual({
      headers: {
        'x-title': 'my project',
        'x-api-key': 'plain-0123456789',
        'x-user': 'team-blue/key-0123456789',
      },
      body: {},
      secrets: ['plain-0123456789', 'team-blue', 'key-0123456789'],
    });
  });

  it.each(['no colon', ': no name', 'spaced name: x', 'X-Line: a\nb', 'X-Null: \0'])(
    '%j is refused and not repeated',
    (line) => {
      let error: unknown;
      try {
        read({ header: [line] });
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toMatchObject({ code: 'invalid_option', option: 'header' });
      expect((error as Error).message).not.toContain(line.trim());
    },
  );

  it('may not name a variable that is not set', () => {
    expect(() => read({ header: ['X-A: {env:NOT_THERE}'] })).toThrow(
      '`header` names NOT_THERE, which is not set.',
    );
  });
});

describe('a body that is sent along', () => {
  it('has its variables filled in, however deep', () => {
    const extraBody = { reasoning_effort: 'low', a: [{ b: 'x{env:MY_KEY}y' }], n: 2, off: false, none: null };
    expect(read({ extraBody })).toEqual({
      headers: {},
      body: { ...extraBody, a: [{ b: 'xkey-0123456789y' }] },
      secrets: ['key-0123456789'],
    });
  });

  it('may not name a variable that is not set', () => {
    expect(() => read({ extraBody: { a: '{env:NOT_THERE}' } })).toThrow(
      expect.objectContaining({ option: 'extraBody', remedy: 'Set the environment variable NOT_THERE.' }),
    );
  });
});

describe('secrets', () => {
  it('are blotted out in every spelling, and of one within another nothing is left', () => {
    const redact = createRedactor(['key/0123456789', 'key/0123456789/longer', 'short', '']);
    const spellings = [
      'key/0123456789',
      encodeURIComponent('key/0123456789'),
      Buffer.from('key/0123456789').toString('base64'),
      'key/0123456789/longer',
    ];
    for (const spelling of spellings) expect(redact(`a ${spelling} b`)).toBe('a [secret] b');
    expect(redact('short and sweet')).toBe('short and sweet');
  });
});
