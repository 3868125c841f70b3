import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinRows } from '../../src/reference/join-rows.js';

const fileOf = (file: string, ids: readonly unknown[]) => ({
  file,
  rows: ids.map((id, index) => {
    const text = JSON.stringify({ id, file });
    return { file, line: index + 1, object: { id, file }, row: { text, object: { id, file } } };
  }),
});
const byId = 'id';

describe('joinRows', () => {
  it('joins by position', () => {
    const joined = joinRows({ a: fileOf('a', [1, 2]), b: fileOf('b', [2, 1]) });
    expect(joined.map(({ a, b }) => [a.object.id, b.object.id])).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it('joins by id in the order of the first file, however the others are ordered', () => {
    const id = fc.oneof(fc.string(), fc.integer());
    const orders = fc.uniqueArray(id).chain((ids) => {
      const shuffled = fc.shuffledSubarray(ids, { minLength: ids.length });
      return fc.tuple(fc.constant(ids), shuffled, shuffled);
    });
    fc.assert(
      fc.property(orders, ([first, second, third]) => {
        const files = { a: fileOf('a', first), b: fileOf('b', second), c: fileOf('c', third) };
        const joined = joinRows(files, byId);
        expect(joined.map(({ a, b, c }) => [a.object, b.object, c.object])).toEqual(
          first.map((id) => ['a', 'b', 'c'].map((file) => ({ id, file }))),
        );
      }),
    );
  });

  it.each([
    ['lengths', [1, 2], [1], 'The files do not have the same number of rows: a has 2, b has 1.'],
    ['ids', [1, 2], [1, 3], 'a:2: the row cannot be used: b has no row with its "id", 2.'],
    ['types of ids', ['1'], [1], 'a:1: the row cannot be used: b has no row with its "id", "1".'],
    ['ids given twice', [1, 2], [1, 1], 'b:2: the row cannot be used: line 1 has the same "id", 1.'],
    ['rows without id', [1, 2], [1, null], 'b:2: the row cannot be used: it has no "id" to be joined by.'],
  ])('refuses differing %s', (_, first, second, message) => {
    expect(() => joinRows({ a: fileOf('a', first), b: fileOf('b', second) }, byId)).toThrow(
      expect.objectContaining({ code: 'dataset_unreadable', message }),
    );
  });
});
