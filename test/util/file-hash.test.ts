import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileHash } from '../../src/util/file-hash.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'file-hash-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('fileHash', () => {
  it('is the digest of all bytes, however many reads they take', async () => {
    const path = join(directory, 'some');
    const bytes = Buffer.alloc((5 << 20) + 3, 'reflection');
    await writeFile(path, bytes);
    expect(await fileHash(path)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('tells an interrupt from a file that cannot be read', async () => {
    const path = join(directory, 'more');
    await writeFile(path, Buffer.alloc(8 << 20));
    const controller = new AbortController();
    const hashing = fileHash(path, controller.signal);
    controller.abort();
    await expect(hashing).rejects.toMatchObject({ name: 'ReflectionError', code: 'aborted' });
    await expect(fileHash(path, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    await expect(fileHash(join(directory, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
