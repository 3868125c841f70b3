import { defineConfig } from 'vitest/config';
import { common, root } from '../vitest.config.js';

/** What takes long by its nature: many kills, many damaged files, everything under sanitizers. */
export default defineConfig({
  root,
  test: {
    ...common,
    include: ['test/soak/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
  },
});
