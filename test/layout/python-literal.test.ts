import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePythonLiteral } from '../../src/layout/python-literal.js';
import { pythonSource } from '../../src/layout/python-source.js';

describe('parsePythonLiteral', () => {
  it.each([
    ["['a', \"it's\", ('b', 1, -2.5, 1_000, .5, 1e3)]", ['a', "it's", ['b', 1, -2.5, 1000, 0.5, 1000]]],
    ["{'a': None, \"b\": [True, False,], 'c': {}}", { a: null, b: [true, false], c: {} }],
    [String.raw`'\n\t\\\'\"\x41\u00e9\U0001F600\101\d'`, '\n\t\\\'"A\u00e9\u{1F600}A\\d'],
    ["'a\\\nb'", 'ab'],
    ["[{'a': 'x'}\n {'a': 'y'}]", [{ a: 'x' }, { a: 'y' }]],
    ["array([{'a': 'x'}, {'a': array([], dtype=object)}], dtype=object)", [{ a: 'x' }, { a: [] }]],
    [' ( ) ', []],
    ["{'__proto__': 1}", JSON.parse('{"__proto__": 1}')],
  ])('reads %s', (text, value) => {
    expect(parsePythonLiteral(text)).toEqual(value);
  });

  it.each([
    '',
    '[',
    "['a'",
    "'a",
    "'a\nb'",
    '{1: 2}',
    "{'a' 1}",
    "{'a': 1 'b': 2}",
    'open("x")',
    '[1] 2',
    'nonsense',
    "'\\UFFFFFFFF'",
    '['.repeat(100_000),
  ])('refuses %j', (text) => {
    expect(() => parsePythonLiteral(text)).toThrow(SyntaxError);
  });

  it('reads back what pythonSource writes', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', "'", '"', '\\', '\n', '\0', '\x7f', '\u0085', 'é', '🙂'),
    });
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(text, tie('value')),
      ),
    }));
    fc.assert(
      fc.property(value, (any) => {
        expect(parsePythonLiteral(pythonSource(any))).toEqual(any);
      }),
    );
  });
});
