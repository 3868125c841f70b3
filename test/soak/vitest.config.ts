import { defineConfig } from 'vitest/config';
import { common, root, SOAK_TESTS } from '../vitest.config.js';

const MINUTE = 60_000;

export default defineConfig({
  root,
  test: {
    ...common,
    include: [SOAK_TESTS],
    pool: 'forks',
    testTimeout: 20 * MINUTE,
    hookTimeout: 20 * MINUTE,
  },
});
