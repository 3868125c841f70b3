import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../src/output/make-directory.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'make-directory-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('makeDirectory', () => {
  it('makes what is missing, however many ask at once', async () => {
    const path = join(directory, 'a', 'b', 'c');
    await Promise.all([makeDirectory(path), makeDirectory(path), makeDirectory(join(directory, 'a', 'd'))]);
    await makeDirectory(path);
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it('passes on what is in the way', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    await expect(makeDirectory(file)).rejects.toMatchObject({ code: 'output_unwritable' });
    await expect(makeDirectory(join(file, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  it.runIf(process.platform === 'linux')('refuses where none can be made', async () => {
    for (const path of ['/proc/nowhere', '/proc/nowhere/below', '/proc/self/below']) {
      await expect(makeDirectory(path)).rejects.toMatchObject({ code: 'output_unwritable' });
    }
  });
});
