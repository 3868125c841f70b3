import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { topPercentByIfd } from '../../src/selection/top-percent-by-ifd.js';
import { anyMeasurement, missing, value } from './score-arbitraries.js';

const rows = (count: number) => Array.from({ length: count }, (_, i) => value((i + 1) / count));
const itself = <T>(score: T): T => score;

describe('topPercentByIfd', () => {
  it.each([
    // The sizes published for 46,325 survivors, where they are rounded down.
    [1, 46_325, 463],
    [2, 46_325, 926],
    [30, 46_325, 13_897],
    // In binary arithmetic 2.3 * 3000 / 100 is less than 69.
    [2.3, 3000, 69],
    [1, 99, 0],
    [100, 7, 7],
  ])('rounds %d %% of %d down to %d', (percent, count, expected) => {
    expect(topPercentByIfd(rows(count), percent, itself)).toHaveLength(expected);
  });

  it('keeps the order of the survivors, and prefers the earlier of equal ones', () => {
    const survivors = [
      { name: 'a', ifd: value(0.5) },
      { name: 'b', ifd: value(0.9) },
      { name: 'c', ifd: value(0.5) },
      { name: 'd', ifd: value(0.8) },
    ];
    const names = (percent: number) =>
      topPercentByIfd(survivors, percent, ({ ifd }) => ifd).map(({ name }) => name);
    expect(names(50)).toEqual(['b', 'd']);
    expect(names(75)).toEqual(['a', 'b', 'd']);
  });

  it('takes no row without an IFD, and counts none', () => {
    expect(topPercentByIfd([missing(), value(0.2), missing(), value(0.3)], 50, itself)).toEqual([value(0.3)]);
  });

  it('leaves out none that is better than one it takes', () => {
    const percent = fc.double({ min: 0.1, max: 100, noNaN: true });
    fc.assert(
      fc.property(fc.array(anyMeasurement), percent, (scores, share) => {
        const survivors = scores.map((ifd) => ({ ifd }));
        const taken = new Set(topPercentByIfd(survivors, share, ({ ifd }) => ifd));
        const ifdValue = ({ ifd }: (typeof survivors)[number]) => (ifd.kind === 'value' ? ifd.value : 0);
        const lowestTaken = Math.min(...[...taken].map(ifdValue));
        for (const survivor of survivors) {
          if (!taken.has(survivor)) expect(ifdValue(survivor)).toBeLessThanOrEqual(lowestTaken);
        }
      }),
    );
  });

  it.each([0, -1, 101, Number.NaN])('refuses %d percent', (percent) => {
    expect(() => topPercentByIfd([], percent, itself)).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});
