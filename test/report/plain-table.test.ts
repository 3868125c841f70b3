import { describe, expect, it } from 'vitest';
import { plainTable } from '../../src/report/plain-table.js';

describe('a plain table', () => {
  it('ends no line in blanks', () => {
    const table = plainTable({
      align: ['left', 'left'],
      rows: [
        ['a', ''],
        ['long', 'b'],
      ],
    });
    expect(table).toBe('a\nlong  b');
  });

  it('takes one look at each character of a cell', () => {
    const cell = `a${' '.repeat(2 ** 20)}b`;
    expect(plainTable({ align: ['left'], rows: [[cell]] })).toBe(cell);
  });
});
