import type { Reporter, TestModule } from 'vitest/node';
import { SEED_VARIABLE } from '../helpers/test-seed.js';

/** Says how to repeat what is random in a run, before it begins and again when it has failed. */
export class SeedReporter implements Reporter {
  onTestRunStart(): void {
    this.#tell();
  }

  onTestRunEnd(testModules: readonly TestModule[]): void {
    if (testModules.some((file) => !file.ok())) this.#tell();
  }

  #tell(): void {
    console.log(`what is random in this run is repeated by ${SEED_VARIABLE}=${process.env[SEED_VARIABLE]}`);
  }
}
