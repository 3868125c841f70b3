import { expect, it } from 'vitest';
import { compareLosses, type RowLosses } from '../../../bench/parity/compare-losses.js';

const span = (tokens: number, loss: number) => ({ tokens, loss });
const row = (conditioned: RowLosses['ifd'], rifd: RowLosses['rifd'] = null): RowLosses => ({
  ifd: conditioned,
  rifd,
});

it('finds the worst span, and the worst of the long ones', () => {
  const expected = [
    row({ conditioned: span(1, 5), direct: span(12, 3) }),
    row({ conditioned: span(40, 2), direct: span(40, 4) }),
  ];
  const actual = [
    row({ conditioned: span(1, 5.5), direct: span(12, 3.25) }),
    row({ conditioned: span(40, 2), direct: span(40, 4.125) }),
  ];
  expect(compareLosses(actual, expected)).toEqual({
    ...{ spans: 4, otherTokens: 0 },
    ...{ worst: 0.5, worstOfLong: 0.25 },
  });
});

it('counts spans with other tokens and compares no loss of theirs', () => {
  const expected = [
    row({ conditioned: span(3, 1), direct: span(3, 1) }, { conditioned: span(2, 1), direct: null }),
  ];
  const other = [row({ conditioned: span(4, 9), direct: span(3, 1) })];
  expect(compareLosses(other, expected)).toEqual({ spans: 1, otherTokens: 1, worst: 0, worstOfLong: 0 });
  const none = [row(null)];
  expect(compareLosses(none, expected)).toMatchObject({ spans: 0, otherTokens: 2 });
});
