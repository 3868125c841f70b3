import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/util/line-splitter.js';

function split(text: string, chunkSize: number, maxBytes = Number.POSITIVE_INFINITY) {
  const bytes = Buffer.from(text);
  const splitter = new LineSplitter(maxBytes);
  const lines = [];
  for (let start = 0; start < bytes.length; start += chunkSize) {
    lines.push(...splitter.push(bytes.subarray(start, start + chunkSize)));
  }
  lines.push(...splitter.end());
  return lines.map(({ bytes, ...line }) => ({ ...line, text: bytes.toString() }));
}

describe('LineSplitter', () => {
  it('cuts at line feeds and says where', () => {
    expect(split('ab\n\ncd', 100)).toEqual([
      { text: 'ab', number: 1, end: 2, overflowed: false },
      { text: '', number: 2, end: 3, overflowed: false },
      { text: 'cd', number: 3, end: 6, overflowed: false },
    ]);
    expect(split('ab\n', 100)).toHaveLength(1);
  });

  it('keeps only the beginning of a line above the cap, and goes on', () => {
    expect(split('12345678\n1234\n', 3, 4)).toEqual([
      { text: '1234', number: 1, end: 8, overflowed: true },
      { text: '1234', number: 2, end: 13, overflowed: false },
    ]);
  });

  it('does not depend on the chunks', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '\r', '\n') });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 }), (text, size, cap) => {
        expect(split(text, size, cap)).toEqual(split(text, 1000, cap));
        const whole = split(text, size).map((line) => line.text);
        expect(whole.join('\n')).toBe(text.endsWith('\n') ? text.slice(0, -1) : text);
      }),
    );
  });
});
