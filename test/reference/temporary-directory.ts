import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** A directory for the tests of one file; `save` writes a file there and gives its path. */
export function temporaryDirectory() {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'reference-'));
  });
  afterAll(() => rm(directory, { recursive: true }));
  const pathOf = (name: string) => join(directory, name);
  const save = async (name: string, content: string | Uint8Array): Promise<string> => {
    await writeFile(pathOf(name), content);
    return pathOf(name);
  };
  return { pathOf, save };
}
