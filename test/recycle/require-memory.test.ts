import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryLack, requireMemory } from '../../src/recycle/models/require-memory.js';
import { TINY_STUDENT } from '../helpers/paths.js';

const GIB = 2 ** 30;

describe('memoryLack', () => {
  const models = [
    { role: 'student', bytes: 3 * GIB },
    { role: 'teacher', bytes: 6 * GIB },
  ] as const;

  it('is none while all fit', () => {
    expect(memoryLack({ models, place: 'main memory', available: 9 * GIB })).toBeUndefined();
  });

  it('names both where only together they do not fit, and else the one that does not', () => {
    expect(memoryLack({ models, place: 'CUDA0', available: 9 * GIB - 1 })).toMatchObject({
      code: 'out_of_memory',
      message: 'The student (3 GiB) and the teacher (6 GiB) do not fit together into CUDA0: 9 GiB.',
      remedy: expect.stringContaining('`teacherDevice`'),
    });
    expect(memoryLack({ models, place: 'main memory', available: 5 * GIB })?.message).toBe(
      'The teacher (6 GiB) does not fit into main memory: 5 GiB.',
    );
  });
});

describe('requireMemory', () => {
  it('refuses a teacher that this machine cannot hold before it is read', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'require-memory-'));
    const file = join(directory, 'large.gguf');
    const handle = await open(file, 'w');
    // Takes no room on the disk: a file may have holes.
    await handle.truncate(totalmem() + GIB);
    await handle.close();
    const student = { role: 'student', file: TINY_STUDENT, device: 'cpu' } as const;
    await requireMemory([student]);
    await expect(requireMemory([student, { role: 'teacher', file, device: 'cpu' }])).rejects.toMatchObject({
      code: 'out_of_memory',
      message: expect.stringContaining('The teacher'),
    });
    await rm(directory, { recursive: true });
  });
});
