import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRICS, type SampleScore, spansOf, unscorableSample } from '../../../src/domain/score.js';
import { SPAN_NAMES, type SpanScore } from '../../../src/domain/span-score.js';
import { scoreRow } from '../../../src/output/scores/score-row.js';
import { spellRow } from '../../../src/output/spell-row.js';
import { jsonMembers } from '../../../src/util/json-members.js';
import { scoreOfSpans } from '../../helpers/score-of-spans.js';
import { rowOf } from '../row-of.js';

const span = (sumLogprob: number, tokenCount: number, logprobs?: number[]): SpanScore => ({
  sumLogprob,
  tokenCount,
  ...(logprobs && { logprobs: Float32Array.from(logprobs) }),
});

const SCORED = scoreOfSpans({
  Q_direct: span(-4, 2, [-3.9, -0.1]),
  A_direct: span(-9, 3),
  Q_condition: span(-2, 2),
  A_condition: span(-6, 3),
});
const NOTHING = { reason: 'empty_output', detail: 'there is "nothing"' } as const;
const UNSCORABLE = unscorableSample(METRICS, NOTHING);

const FIELDS = [
  'row_key',
  ...SPAN_NAMES.map((name) => `ppl_${name}`),
  'ifd_ppl',
  'rifd_ppl',
  ...SPAN_NAMES.map((name) => `loss_${name}`),
  'ifd_loss',
  'rifd_loss',
  ...SPAN_NAMES.map((name) => `tokens_${name}`),
  ...['truncated', 'status', 'reason', 'detail'],
];
const TOKEN_FIELDS = SPAN_NAMES.map((name) => `logprobs_${name}`);

const format = (text: string, score: SampleScore = SCORED, perToken = false) =>
  spellRow(scoreRow(rowOf(text), score, { perToken }));
/** Our fields alone, as JSON.parse gives them. */
const ours = (text: string, score: SampleScore = SCORED, perToken = false) => {
  const fields = JSON.parse(format(text, score, perToken));
  return Object.fromEntries(
    [...FIELDS, ...(perToken ? TOKEN_FIELDS : [])].map((name) => [name, fields[name]]),
  );
};

describe('a scored row', () => {
  it('writes the fields in order', () => {
    expect(Object.keys(JSON.parse(format('{}')))).toEqual(FIELDS);
    expect(Object.keys(JSON.parse(format('{}', SCORED, true)))).toEqual([...FIELDS, ...TOKEN_FIELDS]);
  });

  it('computes them from the spans', () => {
    expect(ours('{"id":1}')).toEqual({
      row_key: createHash('sha256').update('{"id":1}').digest('hex').slice(0, 16),
      ppl_Q_direct: Math.exp(2),
      ppl_A_direct: Math.exp(3),
      ppl_Q_condition: Math.exp(1),
      ppl_A_condition: Math.exp(2),
      ifd_ppl: Math.exp(-1),
      rifd_ppl: Math.exp(-1),
      loss_Q_direct: 2,
      loss_A_direct: 3,
      loss_Q_condition: 1,
      loss_A_condition: 2,
      ifd_loss: 2 / 3,
      rifd_loss: 1 / 2,
      tokens_Q_direct: 2,
      tokens_A_direct: 3,
      tokens_Q_condition: 2,
      tokens_A_condition: 3,
      truncated: false,
      status: 'scored',
      reason: null,
      detail: null,
    });
  });

  it('writes null for what was not computed', () => {
    const fields = ours('{}', scoreOfSpans({}, { ...NOTHING, truncated: true }), true);
    expect(fields).toMatchObject({ truncated: true, status: 'unscorable', reason: 'empty_output' });
    expect(fields.detail).toBe('there is "nothing"');
    const numbers = Object.entries(fields).filter(([name]) =>
      /^(ppl|r?ifd|loss|tokens|logprobs)_/.test(name),
    );
    expect(numbers).toHaveLength(20);
    for (const [, value] of numbers) expect(value).toBeNull();
  });

  it('keeps what could be scored of an unscorable row', () => {
    const { Q_condition, ...rest } = spansOf(SCORED);
    const fields = ours('{}', scoreOfSpans(rest));
    expect(fields).toMatchObject({
      status: 'unscorable',
      ifd_ppl: Math.exp(-1),
      rifd_ppl: null,
      tokens_A_direct: 3,
      tokens_Q_direct: 2,
      ppl_Q_direct: Math.exp(2),
      tokens_Q_condition: null,
    });
  });

  it('tells the first of several reasons, and none where a metric was not asked for', () => {
    const rifd = SCORED.metrics.rifd!;
    const ifd = { kind: 'unscorable', reason: 'prompt_too_long', detail: 'Long.', truncated: false } as const;
    expect(ours('{}', { metrics: { rifd, ifd } })).toMatchObject({
      reason: 'prompt_too_long',
      rifd_ppl: Math.exp(-1),
    });
    const both = { rifd: { ...ifd, reason: 'not_finite' }, ifd } as const;
    expect(ours('{}', { metrics: both })).toMatchObject({ reason: 'prompt_too_long', detail: 'Long.' });
    expect(ours('{}', { metrics: { rifd } })).toMatchObject({
      status: 'scored',
      reason: null,
      ifd_ppl: null,
    });
  });

  it('writes null for what is not finite', () => {
    const spans = {
      A_direct: span(-0, 1, [0]),
      A_condition: span(-800, 1, [Number.NEGATIVE_INFINITY, Number.NaN]),
      Q_direct: span(0, 1),
      Q_condition: span(0, 1),
    };
    expect(ours('{}', scoreOfSpans(spans), true)).toMatchObject({
      ppl_A_condition: null,
      ifd_ppl: null,
      ifd_loss: null,
      loss_A_condition: 800,
      loss_A_direct: 0,
      rifd_ppl: 1,
      rifd_loss: null,
      logprobs_A_condition: [null, null],
    });
  });

  it('prints per-token values with no more digits than float32 has', () => {
    const line = format('{}', SCORED, true);
    expect(line).toContain('"logprobs_Q_direct":[-3.9,-0.1],"logprobs_A_direct":null');
  });

  it('puts its fields behind the row’s own, which stay as they are spelled', () => {
    const own = String.raw`{ "id" : 12345678901234567890, "x":1.0, "é":"é \/", "x":[1, {"status":2}] `;
    expect(format(`${own}}`).startsWith(`${own},"row_key":"`)).toBe(true);
    expect(format('{ }').startsWith('{"row_key":"')).toBe(true);
  });

  it('takes line breaks and indentation out of a pretty-printed row', () => {
    const line = format('{\r\n    "a": "x  \\n",\n\n\t"b": [\n  1,\n  2\n]\n}');
    expect(line.startsWith('{"a": "x  \\n","b": [1,2],"row_key":"')).toBe(true);
  });

  it.each(['[1, 2]', '"text"', 'null', 'not json \u2028 "', ''])(
    'keeps a row that is no object in row_text: %j',
    (text) => {
      const line = format(text, UNSCORABLE);
      expect(line).not.toContain('\n');
      expect(Object.keys(JSON.parse(line))).toEqual(['row_text', ...FIELDS]);
      expect(JSON.parse(line).row_text).toBe(text);
    },
  );

  it('equals the row plus its fields, on one line, for any object', () => {
    const text = fc
      .tuple(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.constantFrom(0, 1, '\t'))
      .map(([object, indent]) => JSON.stringify(object, null, indent));
    fc.assert(
      fc.property(text, fc.boolean(), (text, perToken) => {
        const line = format(text, SCORED, perToken);
        expect(line).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line)).toEqual({ ...JSON.parse(text), ...ours(text, SCORED, perToken) });
        if (!text.includes('\n') && text !== '{}')
          expect(line.startsWith(`${text.slice(0, -1)},"row_key":`)).toBe(true);
      }),
    );
  });
});

describe('a scored row where names of ours are taken', () => {
  it('moves the row’s fields into original_fields, as they are spelled', () => {
    const line = format(
      '{"status":1.0, "a":"status","detail" : {"x":[1, 2]},"status":2,"logprobs_A_direct":[]}',
    );
    expect(line).toContain(
      '{"a":"status","original_fields":{"status":1.0,"detail" : {"x":[1, 2]},"status":2,"logprobs_A_direct":[]},"row_key":',
    );
    expect(JSON.parse(line).status).toBe('scored');
  });

  it('knows a name however it is escaped', () => {
    expect(JSON.parse(format(String.raw`{"st\u0061tus":7}`))).toMatchObject({
      status: 'scored',
      original_fields: { status: 7 },
    });
  });

  it('does not lose a field that is called original_fields itself', () => {
    expect(format('{"original_fields":1}').startsWith('{"original_fields":1,"row_key":')).toBe(true);
    expect(JSON.parse(format('{"original_fields":1,"reason":2}'))).toMatchObject({
      reason: null,
      original_fields: { original_fields: 1, reason: 2 },
    });
  });

  it('drops the scores of an earlier output', () => {
    const row = '{"instruction":"a","status":"mine","n":1.50}';
    const first = format(row, UNSCORABLE, true);
    const again = format(first);
    const own = '{"instruction":"a","n":1.50,"original_fields":{"status":"mine"},"row_key":"';
    expect(first.startsWith(own)).toBe(true);
    expect(again.startsWith(own)).toBe(true);
    expect(JSON.parse(again)).toMatchObject({ status: 'scored', reason: null });
    expect(again).not.toContain('logprobs');
    expect(format(format('{}')).startsWith('{"row_key":"')).toBe(true);
  });

  it('loses nothing of any object', () => {
    const name = fc.oneof(
      fc.constantFrom(...FIELDS, ...TOKEN_FIELDS, 'original_fields', 'instruction'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (object) => {
        const { original_fields = {}, ...line } = JSON.parse(format(JSON.stringify(object)));
        const taken = Object.keys(object).some((key) => [...FIELDS, ...TOKEN_FIELDS].includes(key));
        const moved = taken ? original_fields : {};
        for (const [key, value] of Object.entries(JSON.parse(JSON.stringify(object)))) {
          const kept = !taken && key === 'original_fields' ? original_fields : line[key];
          expect(Object.hasOwn(moved, key) ? moved[key] : kept).toEqual(value);
        }
      }),
    );
  });
});

describe('jsonMembers', () => {
  it('takes any object apart and loses nothing', () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
    fc.assert(
      fc.property(object, fc.constantFrom(0, 2), (object, indent) => {
        const members = jsonMembers(JSON.stringify(object, null, indent));
        expect(members.map(({ key }) => key)).toEqual(Object.keys(object));
        expect(JSON.parse(`{${members.map(({ source }) => source).join(',')}}`)).toEqual(
          JSON.parse(JSON.stringify(object)),
        );
      }),
    );
  });
});
