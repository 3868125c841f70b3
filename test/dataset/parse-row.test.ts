import { describe, expect, it } from 'vitest';
import { parseRow } from '../../src/dataset/parse-row.js';
import { readSample } from '../../src/dataset/read-sample.js';

const CONTEXT = { file: 'data.jsonl', index: 4, endByte: 99, maxRowBytes: 1000, read: readSample };

function parse(source: string | Buffer, extra: { overflowed?: boolean; misplaced?: string } = {}) {
  return parseRow({ bytes: Buffer.from(source), overflowed: false, line: 7, end: 99, ...extra }, CONTEXT);
}

describe('parseRow', () => {
  it('reads a sample, its texts untouched', () => {
    const text = '{"id":12345678901234567890,"instruction":" a\\n","input":"b","output":"c "}';
    expect(parse(text)).toMatchObject({
      kind: 'sample',
      index: 4,
      line: 7,
      endByte: 99,
      text,
      sample: { instruction: ' a\n', input: 'b', output: 'c ' },
      object: { instruction: ' a\n' },
    });
  });

  it.each(['{"instruction":"a","output":"b"}', '{"instruction":"a","output":"b","input":null}'])(
    'takes an absent input for an empty one: %s',
    (text) => {
      expect(parse(text)).toMatchObject({ kind: 'sample', sample: { input: '' } });
    },
  );

  it('leaves empty texts to scoring', () => {
    expect(parse('{"instruction":"","output":""}').kind).toBe('sample');
  });

  it.each([
    ['malformed_json', '{"instruction":"a"', /Write every object on one line/],
    ['malformed_json', '{', /JSON Lines/],
    ['malformed_json', '{"instruction":"a","output":"b","x":NaN}', /write null/],
    ['malformed_json', 'instruction: a', /Fix or remove/],
    ['malformed_json', '{\n"instruction"\n"a"}', /^data\.jsonl:7: [^\n]*$/],
    ['not_an_object', '["a","b"]', /is an array/],
    ['not_an_object', 'null', /is null/],
    ['not_an_object', '"text"', /is a string/],
    [
      'missing_field',
      '{"prompt":"a","response":"b"}',
      /"prompt" to "instruction" and rename "response" to "output"/,
    ],
    ['missing_field', '{"instruction":"a","messages":[]}', /no "output".*"instruction", "messages".*chat/],
    ['missing_field', '{}', /its fields are none/],
    ['missing_field', JSON.stringify(Object.fromEntries('abcdefghijkl'.split('').entries())), /and 2 more/],
    ['wrong_type', '{"instruction":"a","output":null}', /"output" is null/],
    ['wrong_type', '{"instruction":7,"output":"b"}', /"instruction" is a number/],
    ['wrong_type', '{"instruction":"a","input":["x"],"output":"b"}', /"input" is an array/],
    ['lone_surrogate', '{"instruction":"a\\ud83d","output":"b"}', /"instruction"/],
    ['lone_surrogate', '{"instruction":"a","input":"\\udc00","output":"b"}', /"input"/],
    ['lone_surrogate', '{"instruction":"a","output":"\\ude00\\ud83d"}', /"output"/],
  ])('%s: %s', (reason, text, detail) => {
    const row = parse(text);
    expect(row).toMatchObject({ kind: 'bad', reason, text, detail: expect.stringMatching(detail) });
    expect(row).toMatchObject({ detail: expect.stringMatching(/^data\.jsonl:7: /) });
  });

  it('accepts surrogates in pairs and in fields that are not used', () => {
    expect(parse('{"instruction":"\\ud83d\\ude00","output":"b","note":"\\ud83d"}').kind).toBe('sample');
  });

  it('never lets U+FFFD stand in for bytes it could not read', () => {
    const source = Buffer.from('{"instruction":"a","output":"x"}');
    source[source.indexOf('x')] = 0xff;
    const row = parse(source);
    expect(row).toMatchObject({
      kind: 'bad',
      reason: 'invalid_utf8',
      text: '{"instruction":"a","output":"\uFFFD"}',
      object: undefined,
    });
    expect(row.bytes).toEqual(source);
    expect(parse('{"instruction":"a","output":"\uFFFD"}').kind).toBe('sample');
  });

  it('keeps an excerpt of a row that is too large, never half a character', () => {
    const row = parse(`{"instruction":"${'a'.repeat(183)}😀${'b'.repeat(500)}`, { overflowed: true });
    expect(row).toMatchObject({ kind: 'bad', reason: 'row_too_large', object: undefined });
    expect(row.text).toHaveLength(199);
    expect(row).toMatchObject({ detail: expect.stringContaining('1000 bytes') });
  });

  it('says what is wrong with the place a row was found in', () => {
    const row = parse('{"instruction":"a","output":"b"}', { misplaced: 'it follows the end of the array' });
    expect(row).toMatchObject({ kind: 'bad', reason: 'malformed_json', object: { output: 'b' } });
    expect(row).toMatchObject({ detail: expect.stringContaining('it follows the end of the array') });
  });
});
