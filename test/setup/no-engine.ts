const load = process.dlopen;

/** Files without an engine share their threads; one that comes to load it belongs into ENGINE_TESTS. */
process.dlopen = (...args: Parameters<typeof process.dlopen>) => {
  const [, file] = args;
  if (/reflection_tuning|llama/.test(file)) {
    throw new Error(`${file} is loaded by a test outside of ENGINE_TESTS (test/vitest.config.ts)`);
  }
  load(...args);
};
