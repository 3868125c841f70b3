import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceJsonValue } from '../../src/util/replace-json-value.js';

describe('replaceJsonValue', () => {
  it.each([
    ['1', [], '2'],
    [
      ' {"a" : [ 1 , {"b,}": "x]" } ] , "c":1.0} ',
      ['a', 1, 'b,}'],
      ' {"a" : [ 1 , {"b,}": 2 } ] , "c":1.0} ',
    ],
    [' {"a" : [ 1 , {"b": "x" } ] , "c":1.0} ', ['c'], ' {"a" : [ 1 , {"b": "x" } ] , "c":2} '],
    ['{"\\u0061":[]}', ['a'], '{"\\u0061":2}'],
    ['{"a":1,"a":1}', ['a'], '{"a":1,"a":2}'],
    ['{"é\\"":"é"}', ['é"'], '{"é\\"":2}'],
  ])('%s at %j', (source, path, expected) => {
    expect(replaceJsonValue(source, path, '2')).toBe(expected);
  });

  it.each([
    ['{}', ['a']],
    ['[]', [0]],
    ['[1]', [1]],
    ['[1]', ['0']],
    ['{"a":1}', ['a', 'b']],
  ])('has no value in %s at %j', (source, path) => {
    expect(() => replaceJsonValue(source, path, '2')).toThrow('no value');
  });

  it('replaces any value of any document, and nothing else', () => {
    const document = fc.jsonValue({ maxDepth: 4 }).map((value) => ({ value, paths: pathsIn(value) }));
    fc.assert(
      fc.property(
        document,
        fc.nat(),
        fc.constantFrom(undefined, ' ', '\t'),
        ({ value, paths }, n, indent) => {
          const path = paths[n % paths.length]!;
          const source = JSON.stringify(value, null, indent);
          const edited = JSON.parse(replaceJsonValue(source, path, '"NEW"'));
          expect(edited).toEqual(JSON.parse(JSON.stringify(value, replacerAt(value, path))));
        },
      ),
    );
  });
});

type Path = (string | number)[];

function pathsIn(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const children: Path[] = Array.isArray(value)
    ? value.flatMap((element, i) => pathsIn(element).map((path) => [i, ...path]))
    : Object.entries(value).flatMap(([key, member]) => pathsIn(member).map((path) => [key, ...path]));
  return [[], ...children];
}

/** A replacer for JSON.stringify that swaps the value at `path`, found by walking along as stringify does. */
function replacerAt(root: unknown, path: Path) {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], root);
  let isRoot = true;
  return function (this: unknown, key: string, value: unknown): unknown {
    const wasRoot = isRoot;
    isRoot = false;
    if (path.length === 0) return wasRoot ? 'NEW' : value;
    return !wasRoot && this === parent && key === String(path.at(-1)) ? 'NEW' : value;
  };
}
