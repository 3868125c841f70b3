import type { Sample } from '../../src/domain/sample.js';
import type { Metric } from '../../src/domain/score.js';
import type { TokenizeOptions } from '../../src/engine/scorer.js';
import type { Definition, MetricPlan, SpanSettings } from '../../src/scoring/definition.js';
import { SamplePlanner, textsOf } from '../../src/scoring/sample-planner.js';

/** The plans of a sample's metrics, with a tokenizer that does not let one wait. */
export function planSample(
  definition: Definition,
  sample: Sample,
  metrics: readonly Metric[],
  settings: SpanSettings,
  tokenize: (text: string, options: TokenizeOptions) => Int32Array,
): ReadonlyMap<Metric, MetricPlan> {
  const planner = new SamplePlanner(definition, settings);
  const task = planner.prepare(sample, metrics);
  const ids = textsOf(task).map((text) => tokenize(text, planner.tokenize));
  return new Map(planner.plan(task, ids).map(({ metric, plan }) => [metric, plan]));
}
