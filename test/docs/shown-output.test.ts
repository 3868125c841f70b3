import { describe, expect, it } from 'vitest';
import { showsOutput } from './shown-output.js';

describe('output that a page shows', () => {
  it.each([
    ['equal text', 'rows  3\nmean  0.889', 'rows  3\nmean  0.889\n'],
    ['a decimal that is off by a unit', 'IFD 0.8893', 'IFD 0.8892'],
    ['a decimal that is off by less than 0.2%', 'IFD 1.0815', 'IFD 1.0830'],
    ['times and rates', 'time  1.3 s\nspeed  81.6 rows/s', 'time  17 s\nspeed  6.28 rows/s'],
    ['lines left out', '...\nrows  3\n...', 'student  x\ntime  1 s\nrows  3\nmean  1.0'],
    ['no line where some may be', '...\nrows  3', 'rows  3'],
    ['text left out', 'error: ... exists', 'error: a.b (c) exists'],
    [
      'progress',
      'rows  3',
      'student tiny (llama) on AMD EPYC\n100%  3 rows  45.8 rows/s  1K tokens/s\nrows  3',
    ],
  ])('may have %s', (_, shown, actual) => {
    expect(showsOutput(shown, actual)).toBe(true);
  });

  it.each([
    ['another whole number', 'rows  3', 'rows  4'],
    ['a decimal that is too far off', 'IFD 0.889', 'IFD 0.893'],
    ['a line missing', 'rows  3\nmean  1.0', 'rows  3'],
    ['a line too many', 'rows  3', 'rows  3\nmean  1.0'],
    ['lines in another order', '...\na\nb\n...', 'b\na'],
    ['other punctuation', 'a.b', 'axb'],
  ])('may not have %s', (_, shown, actual) => {
    expect(showsOutput(shown, actual)).toBe(false);
  });
});
