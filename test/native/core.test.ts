import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { librariesDirectory } from '../../scripts/native-paths.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIBRARIES = librariesDirectory()!;
const STUDENT = join(ROOT, 'models', 'tiny-instruct-5m-f16.gguf');

const MINUTE = 60_000;

/**
 * ThreadSanitizer sees neither the barriers inside llama.cpp's libraries, which are not built with it, nor what they
 * write, but for the calls that it intercepts (memcpy and the like): those it is to overlook. Where our code runs on
 * threads of theirs, native/core/handoff.h says when work passes between them; every access of ours is checked.
 */
const TSAN_OPTIONS = 'ignore_noninstrumented_modules=1';

/** What the command wrote; rejects with all of it when the command fails. */
function run(file: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, OMP_NUM_THREADS: '2', TSAN_OPTIONS };
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd: ROOT, env, maxBuffer: 2 ** 26 }, (error, stdout) => {
      // the error's message is the command and its stderr
      if (error) reject(new Error(`${error.message}\n${stdout}`));
      else resolve(stdout);
    });
  });
}

describe.each(['address', 'thread'])('the native core under sanitizers (%s)', (sanitizer) => {
  let skipped: string | undefined;
  beforeAll(async () => {
    const said = await run(process.execPath, 'scripts/build-native.mjs', `--test=${sanitizer}`);
    skipped = said.split('\n').find((line) => line.startsWith('skipped: '));
  }, 10 * MINUTE);

  it.for([
    ['core_test', 'keeps the contracts of its pure parts', []],
    ['kernel_test', 'multiplies matrices of every type at any shape', [LIBRARIES]],
    ['session_test', 'scores, cancels and closes on a real student', [LIBRARIES, STUDENT]],
  ] as const)('%s: %s', { timeout: 10 * MINUTE }, async ([program, , args], { skip }) => {
    if (skipped !== undefined) skip(skipped);
    const said = await run(join(ROOT, 'build', `native-test-${sanitizer}`, program), ...args);
    expect(said).toMatch(/^[1-9]\d* passed, 0 failed$/m);
  });
});
