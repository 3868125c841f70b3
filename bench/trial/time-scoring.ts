import {
  BUILT_IN_TEMPLATES,
  readRows,
  type Sample,
  type SampleScore,
  type Scorer,
  scoreStream,
} from 'reflection-tuning';
import type { Measured, TrialTask } from './task.js';

/** Samples scored before the clock starts: they touch the weights, the buffers and the code once. */
const WARM_UP_ROWS = 2;

/**
 * Times a scorer on the task's first `rows` samples, from rendered templates to scores. `atStart` runs between the
 * warm-up and the measurement.
 */
export async function timeScoring(
  scorer: Scorer,
  task: TrialTask,
  rows: number,
  atStart: () => void = () => {},
): Promise<Omit<Measured, 'facts'>> {
  const samples = await readSamples(task.data, rows);
  await scoreAll(scorer, samples.slice(0, WARM_UP_ROWS), task);
  atStart();
  const started = performance.now();
  const scored = await scoreAll(scorer, samples, task);
  return { seconds: (performance.now() - started) / 1000, ...scored };
}

async function scoreAll(scorer: Scorer, samples: readonly Sample[], { metrics }: TrialTask) {
  const items = samples.map((sample) => ({ item: undefined, sample }));
  const losses: (number | null)[] = [];
  let tokens = 0;
  for await (const { score, logicalTokens } of scoreStream(scorer, items, {
    template: BUILT_IN_TEMPLATES.alpaca,
    definition: 'exact',
    metrics,
  })) {
    losses.push(meanLoss(score));
    tokens += logicalTokens;
  }
  return { losses, tokens };
}

function meanLoss({ spans }: SampleScore): number | null {
  const all = Object.values(spans);
  const sum = all.reduce((total, span) => total + span.sumLogprob, 0);
  const count = all.reduce((total, span) => total + span.tokenCount, 0);
  return count === 0 ? null : -sum / count;
}

async function readSamples(data: string, rows: number): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  for await (const row of readRows(data)) {
    if (row.kind === 'sample') samples.push(row.sample);
    if (samples.length >= rows) break;
  }
  return samples;
}
