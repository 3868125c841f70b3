import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    // the student computes on every core it is given, so files run one after another
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
