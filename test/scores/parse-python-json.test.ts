import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePythonJson } from '../../src/scores/parse-python-json.js';

describe('parsePythonJson', () => {
  it.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['[-Infinity]', [Number.NEGATIVE_INFINITY]],
    ['{"ppl": [1.5, NaN,Infinity,-Infinity]}', { ppl: [1.5, Number.NaN, Infinity, -Infinity] }],
    ['{"a": "NaN", "b":NaN}', { a: 'NaN', b: Number.NaN }],
    ['{"NaN": "\\"NaN, Infinity", "b": [NaN]}', { NaN: '"NaN, Infinity', b: [Number.NaN] }],
    ['["\\\\", NaN, "\\\\\\"NaN"]', ['\\', Number.NaN, '\\"NaN']],
    // The stand-in for NaN occurs in the text already, longer ones too.
    ['[["\\u0001"], ["\\u0001\\u0001"], NaN]', [['\u0001'], ['\u0001\u0001'], Number.NaN]],
  ])('reads %s', (text, value) => {
    expect(parsePythonJson(text)).toEqual(value);
  });

  it.each([
    '{NaN: 1}',
    '{Infinity: 1}',
    '1Infinity',
    'Infinity1',
    '--Infinity',
    '-NaN',
    'NaNNaN',
    'nan',
    '[NaN',
    '"NaN',
    '["a" NaN]',
    'NaN "a"',
  ])('refuses %s', (text) => {
    expect(() => parsePythonJson(text)).toThrow(SyntaxError);
  });

  /** Text that would mislead a scanner which loses track of strings. */
  const tricky = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('NaN', '-', 'Infinity', '"', '\\', '\u0001', '[', ']', '{', ':', ',', '\n'))
      .map((parts) => parts.join('')),
  );
  const number = fc.oneof(
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    fc.double().map((value) => (Object.is(value, -0) ? 0 : value)),
  );
  const { value: pythonValue } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      tricky,
      number,
      fc.constantFrom(null, true, false),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(tricky, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));

  const write = (value: unknown): string => {
    if (typeof value === 'number') return String(value);
    if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${write(item)}`);
    return `{${members.join(', ')}}`;
  };

  it('reads whatever is written with bare tokens, never touching a string', () => {
    fc.assert(
      fc.property(pythonValue, (value) => {
        expect(parsePythonJson(write(value))).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('accepts no other text than JSON.parse does when there is no bare token', () => {
    const text = fc
      .array(fc.constantFrom('[', ']', '{', '}', '"', '\\', ',', ':', '1', '-', 'a', ' '), { maxLength: 12 })
      .map((parts) => parts.join(''));
    const outcome = (parse: (text: string) => unknown, from: string) => {
      try {
        return { value: parse(from) };
      } catch {
        return 'refused';
      }
    };
    fc.assert(
      fc.property(text, (from) => {
        expect(outcome(parsePythonJson, from)).toEqual(outcome(JSON.parse, from));
      }),
      { numRuns: 1000 },
    );
  });
});
