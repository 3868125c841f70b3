import type { BenchOptions } from '../options.js';
import { spreadOf } from '../report/statistics.js';
import { PROMPT_TOKENS } from '../trial/task.js';
import { speedsWithHead, tokensPerSecond } from './compare.js';
import type { Measurement } from './measure-model.js';

/** A measurement as it goes into the results file: every sample, every parameter, every ratio. */
export function throughputRecord(
  { model, trials, cost, ratios, disagreement }: Measurement,
  { data, slowRows, prompts, metrics, trials: rounds }: BenchOptions,
): Readonly<Record<string, unknown>> {
  const contenders = Object.fromEntries(
    Array.from(trials, ([contender, results]) => [
      contender,
      {
        tokensPerSecond: spreadOf(results.map(tokensPerSecond)),
        rows: results[0]!.losses.length,
        samples: results.map(({ seconds, tokens, peakBytes }) => ({ seconds, tokens, peakBytes })),
        facts: results.map(({ facts }) => facts),
      },
    ]),
  );
  const ours = trials.get('ours');
  const prefill = trials.get('prefill');
  return {
    kind: 'throughput',
    model: { name: model.name, path: model.path, bytes: model.bytes },
    cpuBackend: (ours ?? prefill)?.[0]?.facts.cpuBackend ?? null,
    parameters: {
      data,
      slowRows,
      metrics,
      template: 'alpaca',
      definition: 'exact',
      prompts,
      promptTokens: PROMPT_TOKENS,
      rounds,
      warmUpRounds: 1,
    },
    multiplications: cost,
    contenders,
    prefillWithHead: ours && prefill ? speedsWithHead(ours, prefill, cost) : null,
    ratios,
    disagreement,
  };
}
