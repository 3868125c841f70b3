import type { Sample } from '../domain/sample.js';
import type { Metric, UnscorableReason } from '../domain/score.js';
import { renderPrompt, renderReversePrompt } from '../prompt/template.js';
import {
  type Definition,
  type MetricPlan,
  type SpanPlan,
  type SpanSettings,
  unscorablePlan,
} from './definition.js';

/**
 * Our default. Prompt and target are tokenized apart and their ids concatenated after a start token, so the
 * conditioned and the direct forward pass score exactly the same target tokens: no merge across the seam, no first token
 * that only one of them can score. Text that spells a control token stays text. What r-IFD predicts is the
 * instruction, followed by a newline and the input when there is one.
 *
 * A target longer than the room after its prompt is cut at the end, in both alike.
 */
export const EXACT_DEFINITION: Definition = {
  name: 'exact',
  version: 'exact-1',
  tokenize: { addSpecial: false, parseSpecial: false },

  texts(metric, sample, settings) {
    const { context, target } = PARTS[metric];
    return [context(sample, settings), target(sample)];
  },

  plan(metric, [context, target], settings) {
    return planPair(context!, target!, settings, PARTS[metric].tooLong);
  },
};

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

function planPair(
  context: Int32Array,
  target: Int32Array,
  settings: SpanSettings,
  tooLong: UnscorableReason,
): MetricPlan {
  const room = settings.maxLength - 1 - context.length;
  const kept = Math.min(target.length, room);
  if (kept < 1) return unscorablePlan(target.length === 0 ? 'no_target_tokens' : tooLong);
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
