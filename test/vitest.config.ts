import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { SEED_VARIABLE } from './helpers/test-seed.js';
import { SeedReporter } from './setup/seed-reporter.js';

/** Tests that load the engine or start programs that do. */
const ENGINE_TESTS = [
  'test/bench/trial/*.test.ts',
  'test/cli/*.test.ts',
  'test/cli/options/read-settings.test.ts',
  'test/docs/*.test.ts',
  'test/engine/**/*.test.ts',
  'test/estimate/estimate.test.ts',
  'test/gguf/*.test.ts',
  'test/gpu/*.test.ts',
  'test/models/llama-cpp.test.ts',
  'test/native/*.test.ts',
  'test/pipeline/every-layout.test.ts',
  'test/pipeline/inspect-dataset.test.ts',
  'test/page/report-page.test.ts',
  'test/pipeline/score-dataset.test.ts',
  'test/recycle/*.test.ts',
  'test/scoring/golden.test.ts',
  'test/teacher/gguf/*.test.ts',
];
export const SOAK_TESTS = 'test/soak/**/*.test.ts';

// before any test process starts, so that all have the same
process.env[SEED_VARIABLE] ??= String(randomInt(2 ** 31));

export const root = fileURLToPath(new URL('..', import.meta.url));

/** What the suite and the soak have in common. */
export const common = {
  reporters: ['default', new SeedReporter()],
  setupFiles: ['test/setup/seed.ts'],
  // students are opened on one thread unless a test is about threads, so every core takes a file; and one more, for those
  // that are waiting for a process or a disk
  maxWorkers: availableParallelism() + 1,
  // no measure of speed: the end of a test that hangs
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

export default defineConfig({
  root,
  test: {
    ...common,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['test/**/*.test.ts'],
          exclude: [...ENGINE_TESTS, SOAK_TESTS],
          setupFiles: ['test/setup/no-engine.ts'],
          pool: 'threads',
          isolate: false,
        },
      },
      {
        extends: true,
        // one process a file: what a file leaves in the engine, or its crash, is its own
        test: { name: 'engine', include: ENGINE_TESTS, pool: 'forks' },
      },
    ],
  },
});
