import { describe, expect, it } from 'vitest';
import { Marks, type Slot, unusedCharacters } from '../../../src/prompt/chat/marks.js';
import { matchMarks, splitAtMarks } from '../../../src/prompt/chat/match-marks.js';

const CHARACTERS = { open: '\ue000', close: '\ue001' };

/** What a rendering holds in the place of `{0}`, `{1}`, ... in the rendering of marks. */
function match(marked: string, texts: readonly string[], rendering: string) {
  const slots = new Map<number, Slot>(texts.map((text, i) => [i, { text, isRequired: true }]));
  const parts = splitAtMarks(
    marked.replaceAll('{', CHARACTERS.open).replaceAll('}', CHARACTERS.close),
    CHARACTERS,
  );
  return matchMarks(rendering, parts, slots);
}

describe('matchMarks', () => {
  it.each([
    ['<{0}>', ['a'], '<a>', ['a']],
    ['<>', [], '<>', []],
    ['<{1}{0}>', ['a', 'b'], '<ba>', ['b', 'a']],
    ['<{0}><{0}>', ['a '], '<a ><a>', ['a ', 'a']],
    ['<{0}>', [' a\n'], '<a>', ['a']],
    ['<{0}>', ['\n a \n'], '< a >', [' a ']],
    ['"{0}"', ['say "a"\n'], '"say \\"a\\"\\n"', ['say \\"a\\"\\n']],
    ['<{0}\n>', ['a\n'], '<a\n\n>', ['a\n']],
    ['<{0}\n>', ['a\n'], '<a\n>', ['a']],
    // the first text may have either form as far as what follows it tells
    ['{0}{1}', ['a\n', '\nb'], 'a\nb', ['a\n', 'b']],
    ['{0}{1}|', ['a\n', '\n\nb'], 'a\n\nb|', ['a', '\n\nb']],
  ])('%j of %j in %j', (marked, texts, rendering, found) => {
    expect(match(marked, texts, rendering)).toEqual(found);
  });

  it.each([
    ['<{0}>', ['a'], '<b>'],
    ['<{0}>', ['a'], '<a> '],
    ['<{0}>', ['a'], ' <a>'],
    ['<{0}>', ['a'], '<aa>'],
    ['<{0}>', ['a b'], '<a  b>'],
    ['<>', [], '<> '],
  ])('%j of %j is not in %j', (marked, texts, rendering) => {
    expect(match(marked, texts, rendering)).toBeUndefined();
  });

  it('gives up on a rendering that can be read in too many ways', () => {
    const marked = Array.from({ length: 60 }, (_, i) => `{${i}}`).join('');
    const texts = Array.from({ length: 60 }, () => '\n ');
    expect(match(marked, texts, '\n \n \n x')).toBeUndefined();
  });
});

describe('unusedCharacters', () => {
  it('takes none that a text holds', () => {
    expect(unusedCharacters(['abc'])).toEqual(CHARACTERS);
    expect(unusedCharacters(['\ue000', 'x\ue002y'])).toEqual({ open: '\ue001', close: '\ue003' });
    const all = Array.from({ length: 0xf8ff - 0xe000 }, (_, i) => String.fromCharCode(0xe000 + i)).join('');
    expect(unusedCharacters([all])).toBeUndefined();
  });
});

describe('Marks', () => {
  it('lets stand for itself what is empty, what spells no control token, and a tag that is kept', () => {
    const marks = new Marks(CHARACTERS, ['</think>', '<think>']);
    expect(marks.said('')).toBe('');
    expect(marks.detail('get_weather')).toBe('get_weather');
    expect(marks.detail('</s>')).toBe('\ue0000\ue001');
    expect(marks.said('<think>a</think>b')).toBe('<think>\ue0001\ue001</think>\ue0002\ue001');
    expect(marks.toolDetail('[INST]')).toBe('\ue000-1\ue001');
    expect([...marks.slots.values()].map(({ text, isRequired }) => [text, isRequired])).toEqual([
      ['</s>', false],
      ['a', false],
      ['b', true],
      ['[INST]', false],
    ]);
  });
});
