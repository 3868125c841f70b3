import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LineWriter } from '../../src/output/line-writer.js';
import { outputError } from '../../src/output/output-error.js';

describe.skipIf(!existsSync('/dev/full'))('LineWriter on a full disk', () => {
  it('fails from the first failed write on', async () => {
    const writer = await LineWriter.create('/dev/full');
    await expect(writer.append('x'.repeat(2 ** 20))).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(writer.append('y')).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(writer.close({ durably: true })).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it('is told to the user with a way out', async () => {
    const writer = await LineWriter.create('/dev/full');
    await writer.append('x');
    const error = await writer.close({ durably: false }).catch((cause) => outputError('out.jsonl', cause));
    expect(error).toMatchObject({
      code: 'output_unwritable',
      message: 'Cannot write out.jsonl: no space is left on the disk.',
      remedy: expect.stringContaining('Free some space'),
    });
  });
});
