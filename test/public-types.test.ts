import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { exportedBy, mentionedIn } from './helpers/declarations.js';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));

/** What types are computed with: a reader sees what comes out. */
const MACHINERY = /^options\/(?!choices|config|device-name)/;

describe('the declarations of the library', () => {
  it('mention no type that it does not export', () => {
    const exported = exportedBy(join(DIST, 'index.d.ts'));
    expect(exported.size).toBeGreaterThan(100);
    const known = new Set([...exported.values()].flat().map(({ file, name }) => `${file} ${name}`));
    const missing = [...exported].flatMap(([name, declarations]) =>
      declarations
        .flatMap(mentionedIn)
        .filter((other) => !known.has(`${other.file} ${other.name}`))
        .map((other) => `${name}: ${relative(DIST, other.file)} ${other.name}`)
        .filter((line) => !MACHINERY.test(line.split(': ')[1]!)),
    );
    expect([...new Set(missing)].sort()).toEqual([]);
  });
});
