import Benchmark from 'benchmark';
import type { MicroCase, MicroResult } from './micro-case.js';

/** Time to spend on the samples of one case. */
const MAX_SECONDS = 2;

/** Measures one case with the `benchmark` package. Rejects with what the case throws. */
export function runMicro({ name, unit, items, run }: MicroCase): Promise<MicroResult> {
  let kept: unknown;
  return new Promise((resolve, reject) => {
    const once = async (deferred: { resolve: () => void }) => {
      kept = await run();
      deferred.resolve();
    };
    const benchmark = new Benchmark(name, {
      async: true,
      defer: true,
      maxTime: MAX_SECONDS,
      fn: (deferred: { resolve: () => void }) => {
        once(deferred).catch(reject);
      },
    });
    benchmark.on('complete', () => {
      if (kept === undefined) return reject(new Error(`${name} returned nothing`));
      resolve({ name, unit, samples: benchmark.stats.sample.map((seconds) => seconds / items) });
    });
    benchmark.run();
  });
}
