import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LineWriter } from '../../src/output/line-writer.js';

describe.skipIf(!existsSync('/dev/full'))('LineWriter on a full disk', () => {
  const full = {
    code: 'output_unwritable',
    message: 'Cannot write out.jsonl: no space is left on the disk.',
    remedy: expect.stringContaining('Free some space'),
    cause: expect.objectContaining({ code: 'ENOSPC' }),
  };

  it('fails from the first failed write on, with a way out', async () => {
    const writer = await LineWriter.create('/dev/full', 'out.jsonl');
    await expect(writer.append('x'.repeat(2 ** 20))).rejects.toMatchObject(full);
    await expect(writer.append('y')).rejects.toMatchObject(full);
    await expect(writer.close({ durably: true })).rejects.toMatchObject(full);
  });

  it('fails at the end when no write was due before', async () => {
    const writer = await LineWriter.create('/dev/full', 'out.jsonl');
    await writer.append('x');
    await expect(writer.close({ durably: false })).rejects.toMatchObject(full);
  });
});
