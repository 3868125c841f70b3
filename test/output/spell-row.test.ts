import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../src/dataset/row.js';
import type { Sample } from '../../src/domain/sample.js';
import { detectLayout } from '../../src/layout/detect-layout.js';
import { editTurns, type RowEdit } from '../../src/layout/edit-turn.js';
import { readRowContent } from '../../src/layout/read-row.js';
import { rowKey } from '../../src/output/row-key.js';
import { spellOwnFields, spellRow } from '../../src/output/spell-row.js';
import { bytesRowOf, rowOf } from './row-of.js';

const rowFields = (row: Row, texts: Sample | undefined, taken: readonly string[]) =>
  spellOwnFields(
    row,
    { reserved: new Set(taken) },
    { edits: texts && editsFor(row, texts), isCompact: true },
  );

function editsFor({ object }: Row, { instruction, input, output }: Sample): readonly RowEdit[] {
  const finding = detectLayout([object!]);
  const content = finding.kind === 'found' ? readRowContent(object!, finding.layout) : undefined;
  if (content?.kind !== 'conversation') throw new Error('no sample');
  const [question, answer] = content.places;
  return editTurns(object!, [
    { places: question!, said: { text: instruction, input } },
    { places: answer!, said: { text: output, input: '' } },
  ]);
}

const NEW = { instruction: 'New?', input: '', output: 'Yes.' };

describe('spellOwnFields', () => {
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

  it('replaces what is deep within a column, and keeps the spelling around it', () => {
    const row = rowOf('{"id":1,"messages": [{"role":"user", "content":"u"}, {"n":1.0,"content":"a"}]}');
    const edits = [{ path: ['messages', 1, 'content'], value: 'new "text"' }];
    expect(spellRow({ row, edits, fields: { outcome: 'response' } })).toBe(
      String.raw`{"id":1,"messages": [{"role":"user", "content":"u"}, {"n":1.0,"content":"new \"text\""}],"outcome":"response"}`,
    );
  });

  it('moves fields out of the way of ours, and holds what is no object', () => {
    const row = rowOf('{"instruction":"a","outcome":3,"output":"b","original_fields":1}');
    expect(rowFields(row, undefined, ['outcome'])).toBe(
      '{"instruction":"a","output":"b","original_fields":{"outcome":3,"original_fields":1},',
    );
    expect(rowFields(row, undefined, ['winner'])).toBe(`${row.text.slice(0, -1)},`);
    expect(rowFields(rowOf('[1, "x'), undefined, [])).toBe('{"row_text":"[1, \\"x",');
  });

  it('holds the bytes of a row that is no UTF-8, whatever they are', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(bytes, (middle) => {
        const source = Buffer.concat([Buffer.from('{"instruction":"\xff'), Buffer.from([0xff]), middle]);
        const line = JSON.parse(spellRow({ row: bytesRowOf(source), fields: { status: 'unscorable' } }));
        expect(Object.keys(line)).toEqual(['row_text', 'row_base64', 'status']);
        expect(Buffer.from(line.row_base64, 'base64')).toEqual(source);
        expect(line.row_text).toBe(source.toString());
      }),
    );
  });

  it('names rows apart that no text tells apart', () => {
    const [one, other] = [0xfe, 0xff].map((byte) => bytesRowOf(Buffer.from([0x22, byte, 0x22])));
    expect(one!.text).toBe(other!.text);
    expect(rowKey(one!)).not.toBe(rowKey(other!));
  });

  it('is the whole row where nothing is added', () => {
    for (const text of ['{"a": 1.10}', '{}', '{ }'])
      expect(spellRow({ row: rowOf(text), fields: {} })).toBe(text.replace(' }', '}'));
  });

  it('is the beginning of a JSON object with the row’s fields and the new texts', () => {
    const text = fc.string({ unit: 'grapheme' });
    const extra = fc.dictionary(fc.constantFrom('id', 'kind', 'outcome', '__proto__', ''), fc.jsonValue());
    fc.assert(
      fc.property(extra, text, text, text, text, (own, instruction, output, newInstruction, newOutput) => {
        const row = rowOf(JSON.stringify({ ...own, instruction, output }));
        const sample = { instruction: newInstruction, input: '', output: newOutput };
        const line = JSON.parse(`${rowFields(row, sample, ['outcome'])}"outcome":"both"}`);
        // JSON has no -0
        const { outcome, ...others } = JSON.parse(JSON.stringify(own));
        expect(line).toEqual({
          ...others,
          ...{ instruction: newInstruction, output: newOutput, outcome: 'both' },
          ...(Object.hasOwn(own, 'outcome') && { original_fields: { outcome } }),
        });
      }),
    );
  });
});
