import type { Sample } from '../domain/sample.js';
import type { SampleScore } from '../domain/score.js';
import type { Scorer } from '../engine/scorer.js';
import { type ScoringOptions, scoreStream } from './score-stream.js';

/**
 * Scores samples in order, in bounded memory; the iterable is read as fast as they are scored.
 *
 * ```ts
 * for await (const score of scoreSamples(student, samples, { template })) {
 *   if (score.status === 'scored') console.log(ifd(score.spans.A_condition!, score.spans.A_direct!));
 * }
 * ```
 *
 * Rejects with ReflectionError `aborted`, `closed`, `out_of_memory` or `decode_failed`.
 */
export async function* scoreSamples(
  scorer: Scorer,
  samples: AsyncIterable<Sample> | Iterable<Sample>,
  options: ScoringOptions,
): AsyncGenerator<SampleScore> {
  async function* items() {
    for await (const sample of samples) yield { item: undefined, sample };
  }
  for await (const { score } of scoreStream(scorer, items(), options)) yield score;
}
