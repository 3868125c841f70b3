import type { Sample } from '../domain/sample.js';
import { METRIC_SPANS, type Metric, type UnscorableReason } from '../domain/score.js';
import { renderPrompt, renderReversePrompt } from '../prompt/template.js';
import {
  type Definition,
  type SamplePlan,
  type SpanPlan,
  type SpanSettings,
  unscorable,
} from './definition.js';

/**
 * Our default. Prompt and target are tokenized apart and their ids concatenated after a start token, so the
 * conditioned and the direct pass score exactly the same target tokens: no merge across the seam, no first token
 * that only one pass can score. Text that spells a control token stays text. What r-IFD predicts is the
 * instruction, followed by a newline and the input when there is one.
 *
 * A target longer than the room after its prompt is cut at the end, in both passes alike.
 */
export const EXACT_DEFINITION: Definition = {
  name: 'exact',
  version: 'exact-1',
  tokenize: { addSpecial: false, parseSpecial: false },

  texts(sample, settings) {
    return scorableMetrics(sample, settings).flatMap((metric) => {
      const { context, target } = PARTS[metric];
      return [context(sample, settings), target(sample)];
    });
  },

  plan(sample, ids, settings) {
    const scorable = scorableMetrics(sample, settings);
    const plan: { -readonly [K in keyof SamplePlan]: SamplePlan[K] } = {};
    for (const metric of settings.metrics) {
      const { conditioned, direct } = METRIC_SPANS[metric];
      const at = 2 * scorable.indexOf(metric);
      const spans =
        at < 0 ? missing(sample, metric) : planPair(ids[at]!, ids[at + 1]!, settings, PARTS[metric].tooLong);
      plan[conditioned] = spans.conditioned;
      plan[direct] = spans.direct;
    }
    return plan;
  },
};

interface SpanPair {
  readonly conditioned: SpanPlan;
  readonly direct: SpanPlan;
}

const PARTS: Record<
  Metric,
  {
    readonly context: (sample: Sample, settings: SpanSettings) => string;
    readonly target: (sample: Sample) => string;
    readonly tooLong: UnscorableReason;
  }
> = {
  ifd: {
    context: (sample, { template }) => renderPrompt(template, sample),
    target: (sample) => sample.output,
    tooLong: 'prompt_too_long',
  },
  rifd: {
    context: (sample, { template }) => renderReversePrompt(template, sample.output),
    target: ({ instruction, input }) => (input === '' ? instruction : `${instruction}\n${input}`),
    tooLong: 'reverse_prompt_too_long',
  },
};

function missingReason(sample: Sample, metric: Metric): UnscorableReason | undefined {
  if (sample.output === '') return 'empty_output';
  if (metric === 'rifd' && sample.instruction === '') return 'empty_instruction';
  return undefined;
}

function scorableMetrics(sample: Sample, settings: SpanSettings): readonly Metric[] {
  return settings.metrics.filter((metric) => missingReason(sample, metric) === undefined);
}

function missing(sample: Sample, metric: Metric): SpanPair {
  const span = unscorable(missingReason(sample, metric)!);
  return { conditioned: span, direct: span };
}

function planPair(
  context: Int32Array,
  target: Int32Array,
  settings: SpanSettings,
  tooLong: UnscorableReason,
): SpanPair {
  const room = settings.maxLength - 1 - context.length;
  const kept = Math.min(target.length, room);
  if (kept < 1) {
    const span = unscorable(target.length === 0 ? 'no_target_tokens' : tooLong);
    return { conditioned: span, direct: span };
  }
  const truncated = kept < target.length;
  const span = (prefix: Int32Array): SpanPlan => {
    const begin = 1 + prefix.length;
    const tokens = new Int32Array(begin + kept);
    tokens[0] = settings.startToken;
    tokens.set(prefix, 1);
    tokens.set(target.subarray(0, kept), begin);
    return { kind: 'span', tokens, begin, end: begin + kept, truncated };
  };
  return { conditioned: span(context), direct: span(NO_TOKENS) };
}

const NO_TOKENS = new Int32Array(0);
