import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, it } from 'vitest';
import { librariesDirectory } from '../../scripts/native-paths.mjs';
import { PROJECT_ROOT, TINY_STUDENT } from '../helpers/paths.js';

const LIBRARIES = librariesDirectory()!;
const PASSED = /^[1-9]\d* passed, 0 failed$/m;

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
    execFile(file, args, { cwd: PROJECT_ROOT, env, maxBuffer: 2 ** 26 }, (error, stdout) => {
      // the error's message is the command and its stderr
      if (error) reject(new Error(`${error.message}\n${stdout}`));
      else resolve(stdout);
    });
  });
}

/** Builds the programs of native/test, with a sanitizer or with the addon's own objects, and has each for a test. */
export function coreTests(sanitizer?: 'address' | 'thread'): void {
  let skipped: string | undefined;
  beforeAll(async () => {
    const flag = sanitizer === undefined ? '--test' : `--test=${sanitizer}`;
    const said = await run(process.execPath, 'scripts/build-native.mjs', flag);
    skipped = said.split('\n').find((line) => line.startsWith('skipped: '));
  });

  it.for([
    ['core_test', 'keeps the contracts of its pure parts', []],
    ['kernel_test', 'multiplies matrices of every type at any shape', [LIBRARIES]],
    ['session_test', 'scores, cancels and closes on a real student', [LIBRARIES, TINY_STUDENT]],
  ] as const)('%s: %s', async ([program, , args], { skip, expect }) => {
    if (skipped !== undefined) skip(skipped);
    const directory = sanitizer === undefined ? 'native' : `native-test-${sanitizer}`;
    expect(await run(join(PROJECT_ROOT, 'build', directory, program), ...args)).toMatch(PASSED);
  });
}
