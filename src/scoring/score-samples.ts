import type { METRICS, Metric, ScoreFor } from '../domain/score.js';
import type { Scorer } from '../engine/scorer.js';
import type { Scorable } from './planner.js';
import { type ScoringOptions, scoreStream } from './score-stream.js';

/**
 * Scores samples and conversations in order, in bounded memory; the iterable is read as fast as they are scored.
 *
 * ```ts
 * for await (const { metrics } of scoreSamples(student, samples, { template })) {
 *   console.log(metrics.ifd.kind === 'scored' ? metrics.ifd.ratio : metrics.ifd.reason);
 * }
 * ```
 *
 * Rejects with ReflectionError `aborted`, `closed`, `out_of_memory` or `decode_failed`.
 */
export async function* scoreSamples<const Asked extends readonly Metric[] = typeof METRICS>(
  scorer: Scorer,
  samples: AsyncIterable<Scorable> | Iterable<Scorable>,
  options: ScoringOptions<Asked>,
): AsyncGenerator<ScoreFor<Asked>> {
  async function* items() {
    for await (const sample of samples) yield { item: undefined, sample };
  }
  for await (const { score } of scoreStream(scorer, items(), options)) yield score;
}
