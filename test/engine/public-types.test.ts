import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

/** Declaration files that a reader of `entry` comes to, by the imports that are left in them. */
function reachable(entry: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    const text = readFileSync(file, 'utf8');
    files.set(file, text);
    for (const [, path] of text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)\.js['"]/g)) {
      visit(join(dirname(file), `${path}.d.ts`));
    }
  };
  visit(entry);
  return files;
}

describe('the declarations of the library', () => {
  it('name no type of the addon', () => {
    const files = reachable(join(DIST, 'index.d.ts'));
    expect(files.has(join(DIST, 'engine', 'student.d.ts'))).toBe(true);
    const leaks = [...files].flatMap(([file, text]) =>
      (text.match(/\bNative[A-Z]\w*/g) ?? []).map((name) => `${file}: ${name}`),
    );
    expect(leaks).toEqual([]);
    expect(files.has(join(DIST, 'engine', 'native-binding.d.ts'))).toBe(false);
  });
});
