import { describe, expect, it } from 'vitest';
import { formatCompact, formatCount, formatDuration, formatShare } from '../../src/util/format.js';

describe('formatCount', () => {
  it('groups thousands', () => {
    expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  });
});

describe('formatCompact', () => {
  it('keeps three significant digits', () => {
    expect([0, 0.01234, 4.5678, 152.4, 18234, 1.5e7].map(formatCompact)).toEqual([
      '0',
      '0.0123',
      '4.57',
      '152',
      '18.2K',
      '15M',
    ]);
  });
});

describe('formatShare', () => {
  it('never rounds to none or all', () => {
    expect([0, 0.0001, 0.001, 0.1234, 0.999, 0.9999, 1].map(formatShare)).toEqual([
      '0%',
      '<0.1%',
      '0.1%',
      '12.3%',
      '99.9%',
      '>99.9%',
      '100%',
    ]);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [0.84, '0.8 s'],
    [3, '3 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [724, '12 min 4 s'],
    [3599.7, '1 h 0 min'],
    [7199, '2 h 0 min'],
    [93_900, '26 h 5 min'],
  ])('%d s is %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});
