import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRow } from '../../../src/dataset/parse-row.js';
import type { Row } from '../../../src/dataset/row.js';
import { rowFields } from '../../../src/recycle/outputs/row-fields.js';

function rowOf(text: string): Row {
  const bytes = Buffer.from(text);
  const raw = { bytes, overflowed: false, line: 1, end: bytes.length };
  return parseRow(raw, { file: 'f', index: 0, endByte: bytes.length, maxRowBytes: 1e6 });
}

const NEW = { instruction: 'New?', input: '', output: 'Yes.' };

describe('rowFields', () => {
  it('keeps the spelling of what it does not replace', () => {
    const row = rowOf('{"big": 12345678901234567890,\n  "instruction":"a","output": "b", "x": "\\u0041"}');
    expect(rowFields(row, NEW, [])).toBe(
      '{"big": 12345678901234567890,"instruction":"New?","output":"Yes.","x": "\\u0041",',
    );
    expect(rowFields(row, { instruction: 'a', input: '', output: 'b' }, [])).toBe(
      '{"big": 12345678901234567890,"instruction":"a","output": "b","x": "\\u0041",',
    );
  });

  it('adds an input where there was none, and empties one that is gone', () => {
    expect(rowFields(rowOf('{"instruction":"a","output":"b"}'), { ...NEW, input: 'i' }, [])).toBe(
      '{"instruction":"New?","output":"Yes.","input":"i",',
    );
    expect(rowFields(rowOf('{"instruction":"a","input":"i","output":"b"}'), NEW, [])).toBe(
      '{"instruction":"New?","input":"","output":"Yes.",',
    );
  });

  it('moves fields out of the way of ours, and holds what is no object', () => {
    const row = rowOf('{"instruction":"a","outcome":3,"output":"b","original_fields":1}');
    expect(rowFields(row, undefined, ['outcome'])).toBe(
      '{"instruction":"a","output":"b","original_fields":{"outcome":3,"original_fields":1},',
    );
    expect(rowFields(rowOf('[1, "x'), undefined, [])).toBe('{"row_text":"[1, \\"x",');
  });

  it('is the beginning of a JSON object with the row’s fields and the new texts', () => {
    const text = fc.string({ unit: 'grapheme' });
    const extra = fc.dictionary(fc.constantFrom('id', 'kind', 'outcome', '__proto__', ''), fc.jsonValue());
    fc.assert(
      fc.property(extra, text, text, text, text, (own, instruction, output, newInstruction, newOutput) => {
        const row = rowOf(JSON.stringify({ ...own, instruction, output }));
        const sample = { instruction: newInstruction, input: '', output: newOutput };
        const line = JSON.parse(`${rowFields(row, sample, ['outcome'])}"outcome":"both"}`);
        const { outcome, ...others } = own;
        expect(line).toEqual({
          ...JSON.parse(JSON.stringify(others)),
          ...{ instruction: newInstruction, output: newOutput, outcome: 'both' },
          ...(Object.hasOwn(own, 'outcome') && { original_fields: { outcome } }),
        });
      }),
    );
  });
});
