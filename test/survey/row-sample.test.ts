import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BottomRows } from '../../src/survey/bottom-rows.js';
import { RowSample } from '../../src/survey/row-sample.js';

describe('the rows with the smallest priorities', () => {
  it('are those that sorting would find, whatever the order they come in', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(1e6), { maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        (priorities, most) => {
          const bottom = new BottomRows<number>(most);
          for (const priority of priorities) if (bottom.wants(priority)) bottom.add(priority, priority);
          expect(bottom.rows()).toEqual(priorities.toSorted((a, b) => a - b).slice(0, most));
        },
      ),
    );
  });
});

describe('the rows that a page shows', () => {
  const noSize = () => 1;

  it('are all of a small source', () => {
    const sample = new RowSample<number>();
    for (let row = 0; row < 1000; row++) sample.offer((row * 7919) % 1009, [`stratum ${row % 3}`], () => row);
    expect(new Set(sample.choose(noSize, 1e6)).size).toBe(1000);
  });

  it('hold some of every stratum of a large one, however rare', () => {
    const sample = new RowSample<number>();
    for (let row = 0; row < 20_000; row++) {
      const stratum = row === 12_345 ? 'rare' : 'common';
      // the rare one would never be there by chance
      sample.offer(stratum === 'rare' ? 1e9 : row, [stratum], () => row);
    }
    expect(sample.choose(noSize, 1e6)).toContain(12_345);
  });

  it('take no more room than there is, the rare ones first', () => {
    const sample = new RowSample<number>();
    for (let row = 0; row < 100; row++) sample.offer(row, row === 99 ? ['rare'] : [], () => row);
    expect(sample.choose(() => 10, 35)).toEqual([99, 0, 1]);
  });

  it('are made only when they are kept', () => {
    const sample = new RowSample<number>();
    let made = 0;
    for (let row = 0; row < 10_000; row++) sample.offer(row, [], () => made++);
    expect(made).toBe(2500);
  });
});
