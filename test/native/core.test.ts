import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { librariesDirectory } from '../../src/engine/native-paths.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILT = join(ROOT, 'build', 'native-test');
const STUDENT = join(ROOT, 'models', 'tiny-instruct-5m-f16.gguf');

const MINUTE = 60_000;

/** What the command wrote; rejects with all of it when the command fails. */
function run(file: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, OMP_NUM_THREADS: '2' };
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd: ROOT, env }, (error, stdout) => {
      // the error's message is the command and its stderr
      if (error) reject(new Error(`${error.message}\n${stdout}`));
      else resolve(stdout);
    });
  });
}

describe('the native core under sanitizers', () => {
  beforeAll(() => run(process.execPath, 'scripts/build-native.mjs', '--test'), 10 * MINUTE);

  it('keeps the contracts of its pure parts', { timeout: 5 * MINUTE }, async () => {
    expect(await run(join(BUILT, 'core_test'))).toMatch(/^[1-9]\d* passed, 0 failed$/m);
  });

  it('multiplies matrices of every type at any shape', { timeout: 5 * MINUTE }, async () => {
    expect(await run(join(BUILT, 'kernel_test'), librariesDirectory()!)).toMatch(
      /^[1-9]\d* passed, 0 failed$/m,
    );
  });

  it('scores, cancels and closes on a real student', { timeout: 10 * MINUTE }, async () => {
    const libraries = librariesDirectory();
    expect(libraries).toBeDefined();
    expect(await run(join(BUILT, 'session_test'), libraries!, STUDENT)).toMatch(
      /^[1-9]\d* passed, 0 failed$/m,
    );
  });
});
