import type { Sample } from '../domain/sample.js';
import type { Metric, UnscorableReason } from '../domain/score.js';
import type { TokenizeOptions } from '../engine/scorer.js';
import { isWellFormed } from '../util/json-value.js';
import { type Definition, type SpanSettings, unscorablePlan } from './definition.js';
import type { PlannedMetric } from './task.js';

/** One metric of a sample on its way to its spans. */
type PreparedMetric =
  | { readonly kind: 'texts'; readonly metric: Metric; readonly texts: readonly string[] }
  | { readonly kind: 'missing'; readonly metric: Metric; readonly reason: UnscorableReason };

/** Some metrics of one sample, with the texts that have to be tokenized for them. */
export type SampleTask = readonly PreparedMetric[];

/** Plans the spans of samples, all by one definition and with one template of ours. */
export class SamplePlanner {
  readonly #definition: Definition;
  readonly settings: SpanSettings;

  constructor(definition: Definition, settings: SpanSettings) {
    this.#definition = definition;
    this.settings = settings;
  }

  get tokenize(): TokenizeOptions {
    return this.#definition.tokenize;
  }

  prepare(sample: Sample, metrics: readonly Metric[]): SampleTask {
    const isBroken = ![sample.instruction, sample.input, sample.output].every(isWellFormed);
    return metrics.map((metric) => {
      const reason = isBroken ? 'lone_surrogate' : missingText(metric, sample);
      if (reason !== undefined) return { kind: 'missing', metric, reason };
      return { kind: 'texts', metric, texts: this.#definition.texts(metric, sample, this.settings) };
    });
  }

  /** `ids` are those of {@link textsOf} the task, in the same order. */
  plan(task: SampleTask, ids: readonly Int32Array[]): readonly PlannedMetric[] {
    let at = 0;
    return task.map((prepared) => {
      const { metric } = prepared;
      if (prepared.kind === 'missing') return { metric, plan: unscorablePlan(prepared.reason) };
      const own = ids.slice(at, at + prepared.texts.length);
      at += own.length;
      return { metric, plan: this.#definition.plan(metric, own, this.settings) };
    });
  }
}

export function textsOf(task: SampleTask): readonly string[] {
  return task.flatMap((prepared) => (prepared.kind === 'texts' ? prepared.texts : []));
}

/** Why there is nothing to score; undefined when there is. */
function missingText(metric: Metric, { instruction, output }: Sample): UnscorableReason | undefined {
  if (output === '') return 'empty_output';
  return metric === 'rifd' && instruction === '' ? 'empty_instruction' : undefined;
}
