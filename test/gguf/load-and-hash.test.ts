import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { loadAndHash } from '../../src/gguf/load-and-hash.js';
import { modelHash } from '../../src/gguf/model-hash.js';
import { TINY_STUDENT } from '../helpers/paths.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'load-and-hash-'));
});
afterEach(() => rm(directory, { recursive: true }));

class Loaded implements AsyncDisposable {
  disposed = false;

  async [Symbol.asyncDispose](): Promise<void> {
    this.disposed = true;
  }
}

describe('loading and hashing', () => {
  it('gives both', async () => {
    const loaded = new Loaded();
    expect(await loadAndHash(TINY_STUDENT, async () => loaded)).toEqual({
      model: loaded,
      hash: await modelHash(TINY_STUDENT),
    });
    expect(loaded.disposed).toBe(false);
  });

  it('disposes of a model whose file went away', async () => {
    const loaded = new Loaded();
    const gone = join(directory, 'gone.gguf');
    await expect(loadAndHash(gone, async () => loaded)).rejects.toMatchObject({ code: 'model_unloadable' });
    expect(loaded.disposed).toBe(true);
  });

  it('heeds an abort between the two', async () => {
    const loaded = new Loaded();
    const controller = new AbortController();
    const load = async () => {
      controller.abort();
      return loaded;
    };
    await expect(loadAndHash(TINY_STUDENT, load, controller.signal)).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(loaded.disposed).toBe(true);
  });

  it.runIf(process.platform !== 'win32')(
    'lets the process of a refused model end, however much is left to read',
    async () => {
      // an endless file: who reads on never ends
      const program = `
        import { loadAndHash } from '${new URL('../../dist/gguf/load-and-hash.js', import.meta.url)}';
        const refused = async () => { throw new Error('refused'); };
        await loadAndHash('/dev/zero', refused).catch((error) => console.log(error.message));`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        cwd: fileURLToPath(new URL('.', import.meta.url)),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const exit = once(child, 'exit');
      expect(String((await once(child.stdout, 'data'))[0])).toBe('refused\n');
      expect(await exit).toEqual([0, null]);
    },
  );
});
