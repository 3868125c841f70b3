const load = process.dlopen;

/** Files without an engine share their threads; one that comes to load it belongs into ENGINE_TESTS. */
function loadNoEngine(...args: Parameters<typeof process.dlopen>): void {
  const [, file] = args;
  if (/reflection_tuning|llama/.test(file)) {
    throw new Error(`${file} is loaded by a test outside of ENGINE_TESTS (test/vitest.config.ts)`);
  }
  load(...args);
}

// a thread runs this once for every file it takes
if (load.name !== loadNoEngine.name) process.dlopen = loadNoEngine;
