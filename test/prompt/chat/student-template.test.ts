import { describe, expect, it } from 'vitest';
import { studentTemplate } from '../../../src/prompt/chat/student-template.js';

const STUDENT = { name: 'model.gguf', bosText: '<s>', eosText: '</s>' };

describe('studentTemplate', () => {
  it('is the one of that name, else the unnamed or the only one', () => {
    const both = { ...STUDENT, chatTemplates: { default: 'a', tool_use: 'b' } };
    expect(studentTemplate(both)).toMatchObject({
      name: 'default',
      source: 'a',
      bosText: '<s>',
      eosText: '</s>',
    });
    expect(studentTemplate(both, 'tool_use')).toMatchObject({ name: 'tool_use', source: 'b' });
    expect(studentTemplate({ ...STUDENT, chatTemplates: { rag: 'c' } })).toMatchObject({ source: 'c' });
  });

  it('has another hash for another source or date, whatever its name', () => {
    const hashOf = (source: string, date?: Date, name = 'default') =>
      studentTemplate({ ...STUDENT, chatTemplates: { [name]: source } }, undefined, date).hash;
    expect(hashOf('a')).toMatch(/^[0-9a-f]{16}$/);
    expect(hashOf('a', undefined, 'other')).toBe(hashOf('a'));
    expect(hashOf('b')).not.toBe(hashOf('a'));
    expect(hashOf('a', new Date('2026-01-31'))).not.toBe(hashOf('a'));
  });

  it.each([
    [{}, undefined, /base model/, /alpaca.*student with a chat template/],
    [{ default: 'a' }, 'tool_use', /no chat template 'tool_use'/, /chat:default/],
    [{ a: 'a', b: 'b' }, undefined, /that is the usual one/, /chat:a, chat:b/],
    [{ default: 'a' }, 'constructor', /no chat template 'constructor'/, /chat:default/],
    [{ default: '{% if %}' }, undefined, /'default' cannot be read/, /`template`/],
  ])('refuses %j by the name %s', (chatTemplates, name, message, remedy) => {
    expect(() => studentTemplate({ ...STUDENT, chatTemplates }, name)).toThrow(
      expect.objectContaining({
        code: 'invalid_template',
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      }),
    );
  });
});
