import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultScoresFile } from '../../src/options/default-output.js';

describe('defaultScoresFile', () => {
  it('puts .scored.jsonl in place of the dataset’s ending, in the current directory', () => {
    const anyName = fc.stringMatching(/^[\w. -]*[\w-]$/).filter((name) => !/\.(jsonl?|gz)$/.test(name));
    const anyEnding = fc.constantFrom('', '.jsonl', '.json', '.gz', '.jsonl.gz', '.json.gz');
    const anyFolder = fc.constantFrom('', 'data', '../x', '/tmp/a.json');
    fc.assert(
      fc.property(anyFolder, anyName, anyEnding, (folder, name, ending) => {
        const dataset = join(folder, `${name}${ending}`);
        fc.pre(dataset !== '-');
        expect(defaultScoresFile(dataset)).toBe(`${name}.scored.jsonl`);
      }),
    );
  });

  it('leaves a name that is nothing but an ending', () => {
    expect(defaultScoresFile('data/.jsonl')).toBe('.jsonl.scored.jsonl');
  });

  it('is standard output for rows from standard input', () => {
    expect(defaultScoresFile('-')).toBe('-');
    expect(defaultScoresFile('./-')).toBe('-.scored.jsonl');
  });
});
