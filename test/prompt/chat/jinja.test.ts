import { describe, expect, it } from 'vitest';
import { compileJinja } from '../../../src/prompt/chat/jinja.js';

function render(source: string, variables: Record<string, unknown> = {}, date?: Date) {
  return compileJinja(source, date).render(variables);
}

describe('compileJinja', () => {
  it.each([
    // as Jinja2 renders them
    ["{{ 'xxaxx'.strip('x') ~ '|' ~ 'xxaxx'.lstrip('x') ~ '|' ~ 'xxaxx'.rstrip('x') }}", 'a|axx|xxa'],
    ["{{ '\\n a \\n'.strip('\\n') ~ '|' }}", ' a |'],
    ["{{ ' a ' | trim ~ '|' ~ '-a-' | trim('-') }}", 'a|a'],
    ["{{ ('x' ~ text) | trim }}", 'x\ufeff'],
    ["{{ text.strip('\\ufeff') | length }}", '0'],
    ["{{ {'a': 1}.b | trim }}|", '|'],
    ["{{ '<a>' | safe }}", '<a>'],
    ["{% set ns = namespace(a=' b ') %}{{ ns.a.strip() }}", 'b'],
    ["{% for c in 'a b'.strip().split(' ') %}{{ c.rstrip('b') }}{% endfor %}", 'a'],
    ["{% macro m(x) %}{{ x | trim }}{% endmacro %}{{ m(' y ') }}", 'y'],
    ["{{ {'a': ' z '}['a'].lstrip() }}|", 'z |'],
    ['{% for i in range(1, 7, 2) %}{{ i }}{% endfor %}{{ range(2) | list }}', '135[0, 1]'],
    ['{% if true %}\na\n{% endif %}\nb\n', 'a\nb'],
  ])('%s', (source, text) => {
    expect(render(source, { text: '\ufeff' })).toEqual({ kind: 'rendered', text });
  });

  it('strips what Python takes for whitespace, and nothing else', () => {
    const text = '\x1c\x85\u3000a\ufeff\u180e\x1f';
    expect(render('{{ text | trim }}', { text })).toEqual({ kind: 'rendered', text: 'a\ufeff\u180e' });
  });

  it.each([
    ["{{ raise_exception('no ' ~ 'tools') }}", 'no tools'],
    ['{{ missing.field.deeper() }}', 'not a function'],
    ['{{ 7 | trim }}', 'only a text can be stripped'],
    ["{{ 'a' | safe + 'b' }}", 'the filter "safe"'],
    ['{{ missing.strip() }}', 'only a text can be stripped'],
    ["{{ 'a' + {'b': 1} }}", 'an object as if that were a text'],
    ['{% for i in range(1000000000) %}{% endfor %}', 'more than 100000 numbers'],
  ])('is refused by %s', (source, message) => {
    expect(render(source)).toEqual({ kind: 'refused', message: expect.stringContaining(message) });
  });

  it('has no clock', () => {
    const bare = "{{ strftime_now('%Y') }}";
    const asking = `{% if strftime_now is defined %}${bare}{% else %}never{% endif %}`;
    expect(render(bare)).toEqual({ kind: 'needs_date' });
    expect(render(asking)).toEqual({ kind: 'rendered', text: 'never' });
    const date = new Date('2026-01-05');
    const format = "{{ strftime_now('%d %b %Y, %A %B %H:%M 100%%, %y %m %a %Q') }}";
    expect(render(format, {}, date)).toEqual({
      kind: 'rendered',
      text: '05 Jan 2026, Monday January 00:00 100%, 26 01 Mon %Q',
    });
  });

  it('throws when the source is no Jinja', () => {
    expect(() => compileJinja('{% if %}')).toThrow();
    expect(() => compileJinja('{{ unclosed')).toThrow();
  });
});
