import { BUILT_IN_TEMPLATES, METRICS, type Sample, type Scorer, type SpanRequest } from 'reflection-tuning';
import { EXACT_DEFINITION } from '../../src/scoring/exact-definition.js';
import { SamplePlanner, textsOf } from '../../src/scoring/sample-planner.js';
import type { TrialTask } from './task.js';

/** The sequences of the exact definition for each sample, each a pass of its own for a scorer that shares nothing. */
export async function plannedSequences(
  scorer: Scorer,
  samples: readonly Sample[],
  metrics: TrialTask['metrics'],
): Promise<readonly (readonly SpanRequest[])[]> {
  const planner = new SamplePlanner(EXACT_DEFINITION, {
    template: BUILT_IN_TEMPLATES.alpaca,
    maxLength: scorer.maxLength,
    startToken: scorer.startToken,
  });
  return Promise.all(
    samples.map(async (sample) => {
      const task = planner.prepare(
        sample,
        METRICS.filter((metric) => metrics.includes(metric)),
      );
      const planned = planner.plan(task, await scorer.tokenize(textsOf(task), planner.tokenize));
      return planned
        .flatMap(({ plan }) => [plan.conditioned, plan.direct])
        .filter((span) => span.kind === 'span');
    }),
  );
}
