import type { Sample } from '../domain/sample.js';
import type { Metric, UnscorableReason } from '../domain/score.js';
import { renderPrompt, renderReversePrompt } from '../prompt/template.js';
import {
  type Definition,
  type MetricPlan,
  type PlannedSpan,
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

/**
 * The spans of a target after its context and alone, both cut to what fits behind the context. Also for contexts that are
 * not made of a template's text.
 */
export function planPair(
  context: Int32Array,
  target: Int32Array,
  { maxLength, startToken }: Pick<SpanSettings, 'maxLength' | 'startToken'>,
  tooLong: UnscorableReason,
): MetricPlan {
  const room = maxLength - 1 - context.length;
  const kept = target.subarray(0, Math.max(0, room));
  if (kept.length < 1) return unscorablePlan(target.length === 0 ? 'no_target_tokens' : tooLong);
  const truncated = kept.length < target.length;
  return {
    conditioned: spanAfter(startToken, context, kept, truncated),
    direct: spanAfter(startToken, NO_TOKENS, kept, truncated),
  };
}

/** The span of a target after the start token and a context. */
export function spanAfter(
  startToken: number,
  context: Int32Array,
  target: Int32Array,
  truncated: boolean,
): PlannedSpan {
  const begin = 1 + context.length;
  const tokens = new Int32Array(begin + target.length);
  tokens[0] = startToken;
  tokens.set(context, 1);
  tokens.set(target, begin);
  return { kind: 'span', tokens, begin, end: tokens.length, truncated };
}

const NO_TOKENS = new Int32Array(0);
