import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkModelFile } from '../../src/engine/check-model-file.js';
import { TINY_STUDENT } from '../helpers/paths.js';

afterEach(() => vi.unstubAllEnvs());

describe('checking a model file', () => {
  it('passes a good one', async () => {
    await expect(checkModelFile(TINY_STUDENT)).resolves.toBeUndefined();
  });

  it.skipIf(process.platform === 'win32')(
    'does not blame the file when the system kills the process that reads it',
    async () => {
      // in the system's place, the process does it to itself
      vi.stubEnv('NODE_OPTIONS', "--import=data:text/javascript,process.kill(process.pid,'SIGKILL')");
      await expect(checkModelFile(TINY_STUDENT)).rejects.toMatchObject({
        code: 'out_of_memory',
        message: expect.stringContaining('SIGKILL'),
        remedy: expect.any(String),
      });
    },
  );
});
