import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LaidOutRow } from '../../../src/dataset/open-dataset.js';
import { ROWS_PER_GROUP, rowGroups } from '../../../src/recycle/rows/row-groups.js';
import { collect } from '../../helpers/collect.js';

const MEBI = 2 ** 20;

/** Rows of so many characters each. */
function rowsOf(lengths: readonly number[]): LaidOutRow[] {
  let endByte = 0;
  return lengths.map((length, index) => {
    endByte += length + 1;
    const text = 'x'.repeat(length);
    return {
      ...{ kind: 'bad', file: 'rows', index, line: index + 1, endByte, text, object: undefined },
      ...{ reason: 'malformed_json', detail: 'No JSON.' },
    };
  });
}

async function groupsOf(rows: readonly LaidOutRow[]) {
  async function* stream() {
    yield* rows;
  }
  return collect(rowGroups(stream()));
}

describe('groups of rows', () => {
  it('are full while rows are of ordinary size', async () => {
    const rows = rowsOf(Array.from({ length: 2 * ROWS_PER_GROUP + 1 }, () => 100_000));
    const groups = await groupsOf(rows);
    expect(groups.map(({ rows }) => rows.length)).toEqual([ROWS_PER_GROUP, ROWS_PER_GROUP, 1]);
    expect(groups.map(({ bytes }) => bytes)).toEqual([32, 32, 1].map((count) => count * 100_001));
  });

  it('hold all rows in order, are bounded, and depend on no row that comes later', async () => {
    const anyLengths = fc.array(fc.oneof(fc.nat(9), fc.nat(3 * MEBI), fc.constant(5 * MEBI)), {
      maxLength: 50,
    });
    await fc.assert(
      fc.asyncProperty(anyLengths, fc.nat(50), async (lengths, until) => {
        const rows = rowsOf(lengths);
        const groups = await groupsOf(rows);
        expect(groups.flatMap((group) => group.rows)).toEqual(rows);
        for (const { rows } of groups) {
          expect(rows.length).toBeLessThanOrEqual(ROWS_PER_GROUP);
          const characters = rows.slice(0, -1).reduce((sum, { text }) => sum + text.length, 0);
          expect(characters).toBeLessThan(4 * MEBI);
        }
        const some = await groupsOf(rows.slice(0, until));
        expect(some.slice(0, -1)).toEqual(groups.slice(0, Math.max(0, some.length - 1)));
      }),
      { numRuns: 30 },
    );
  });
});
