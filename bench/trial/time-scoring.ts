import { BUILT_IN_TEMPLATES, type SampleScore, type Scorer, scoreStream, spansOf } from 'reflection-tuning';
import { chooseSamples, type NumberedSample } from './choose-samples.js';
import type { Measured, RowLoss, TrialTask } from './task.js';

/** Samples scored before the clock starts: they touch the weights, the buffers and the code once. */
const WARM_UP_ROWS = 2;

/**
 * Times a scorer on the task's samples, from rendered templates to scores. `atStart` runs between the warm-up and the
 * measurement.
 */
export async function timeScoring(
  scorer: Scorer,
  task: TrialTask,
  atStart: () => void = () => {},
): Promise<Omit<Measured, 'facts'>> {
  const samples = await chooseSamples(task.rows);
  await scoreAll(scorer, samples.slice(0, WARM_UP_ROWS), task);
  atStart();
  const started = performance.now();
  const scored = await scoreAll(scorer, samples, task);
  return { seconds: (performance.now() - started) / 1000, rows: samples.length, ...scored };
}

async function scoreAll(scorer: Scorer, samples: readonly NumberedSample[], { metrics }: TrialTask) {
  const items = samples.map(({ row, sample }) => ({ item: row, sample }));
  const losses: RowLoss[] = [];
  let tokens = 0;
  for await (const { item, score, logicalTokens } of scoreStream(scorer, items, {
    template: BUILT_IN_TEMPLATES.alpaca,
    definition: 'exact',
    metrics,
  })) {
    losses.push([item, meanLoss(score)]);
    tokens += logicalTokens;
  }
  return { losses, tokens };
}

function meanLoss(score: SampleScore): number | null {
  const all = Object.values(spansOf(score));
  const sum = all.reduce((total, span) => total + span.sumLogprob, 0);
  const count = all.reduce((total, span) => total + span.tokenCount, 0);
  return count === 0 ? null : -sum / count;
}
