import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSeparators } from '../../src/util/json-separators.js';

/** Indices in `text` of all separators, found while feeding it in chunks of the given size. */
function separators(text: string, container: 'array' | 'object', chunkSize: number): number[] {
  const bytes = Buffer.from(text);
  const scan = new JsonSeparators(container);
  const found: number[] = [];
  for (let start = 0; start < bytes.length; start += chunkSize) {
    const chunk = bytes.subarray(start, start + chunkSize);
    for (let i = scan.next(chunk, 0); i !== -1; i = scan.next(chunk, i + 1)) found.push(start + i);
  }
  return found;
}

describe('JsonSeparators', () => {
  it('finds the commas and the end of the container itself only', () => {
    expect(separators('[1,2],"a,b",{"c":[3,4]}]', 'array', 100)).toEqual([5, 11, 23]);
    expect(separators('"a":[1,2],"b":{}}', 'object', 100)).toEqual([9, 16]);
  });

  it('knows an escaped quote from an escaped backslash before a quote', () => {
    expect(separators(String.raw`"\",",1]`, 'array', 100)).toEqual([5, 7]);
    expect(separators(String.raw`"\\",1]`, 'array', 100)).toEqual([4, 6]);
    expect(separators(String.raw`"\\\",",1]`, 'array', 100)).toEqual([7, 9]);
  });

  it('ignores closing brackets that close nothing', () => {
    expect(separators('}},1]', 'array', 100)).toEqual([2, 4]);
  });

  it('does not depend on the chunks', () => {
    const trickyString = fc.string({ unit: fc.constantFrom('"', '\\', ',', ']', '}', '{', '[', 'a', 'é') });
    const element = fc.oneof(fc.jsonValue(), trickyString, fc.dictionary(trickyString, trickyString));
    fc.assert(
      fc.property(fc.array(element), fc.integer({ min: 1, max: 9 }), (elements, chunkSize) => {
        const sources = elements.map((value) => JSON.stringify(value));
        let at = -1;
        const expected = sources.map((source) => {
          at += Buffer.byteLength(source) + 1;
          return at;
        });
        expect(separators(`${sources.join(',')}]`, 'array', chunkSize)).toEqual(
          elements.length === 0 ? [0] : expected,
        );
      }),
    );
  });
});
