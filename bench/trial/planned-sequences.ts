import {
  BUILT_IN_TEMPLATES,
  METRICS,
  type Sample,
  type Scorer,
  SPAN_NAMES,
  type SpanRequest,
} from 'reflection-tuning';
import type { SpanSettings } from '../../src/scoring/definition.js';
import { EXACT_DEFINITION } from '../../src/scoring/exact-definition.js';
import type { TrialTask } from './task.js';

/** The sequences of the exact definition for each sample, each a pass of its own for a scorer that shares nothing. */
export async function plannedSequences(
  scorer: Scorer,
  samples: readonly Sample[],
  metrics: TrialTask['metrics'],
): Promise<readonly (readonly SpanRequest[])[]> {
  const settings: SpanSettings = {
    template: BUILT_IN_TEMPLATES.alpaca,
    metrics: METRICS.filter((metric) => metrics.includes(metric)),
    maxLength: scorer.maxLength,
    startToken: scorer.startToken,
  };
  return Promise.all(
    samples.map(async (sample) => {
      const texts = EXACT_DEFINITION.texts(sample, settings);
      const plan = EXACT_DEFINITION.plan(
        sample,
        await scorer.tokenize(texts, EXACT_DEFINITION.tokenize),
        settings,
      );
      return SPAN_NAMES.flatMap((name) => {
        const span = plan[name];
        return span?.kind === 'span' ? [span] : [];
      });
    }),
  );
}
