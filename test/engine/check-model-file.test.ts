import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import { checkModelFile } from '../../src/engine/check-model-file.js';
import { TINY_STUDENT } from '../helpers/paths.js';

/** The process that checks a model for this one. */
async function checker(): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (command.includes('check-model.mjs') && status.includes(`PPid:\t${process.pid}\n`)) return Number(pid);
  }
  throw new Error('there is none yet');
}

describe('checking a model file', () => {
  it('passes a good one', async () => {
    await expect(checkModelFile(TINY_STUDENT)).resolves.toBeUndefined();
  });

  it.runIf(process.platform === 'linux')(
    'does not blame the file when the system kills the process that reads it',
    async () => {
      const checked = expect(checkModelFile(TINY_STUDENT)).rejects.toMatchObject({
        code: 'out_of_memory',
        message: expect.stringContaining('SIGKILL'),
        remedy: expect.any(String),
      });
      process.kill(await vi.waitFor(checker, { interval: 1 }), 'SIGKILL');
      await checked;
    },
  );
});
