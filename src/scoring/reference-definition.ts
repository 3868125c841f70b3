import type { Sample } from '../domain/sample.js';
import type { Metric, UnscorableReason } from '../domain/score.js';
import { renderPrompt, renderReversePrompt } from '../prompt/template.js';
import { type Definition, type SpanPlan, type SpanSettings, unscorable } from './definition.js';

/**
 * What the research code of Selective Reflection-Tuning computes, for comparing with published scores:
 * prompt and target are tokenized as one text, and the span starts where the tokens of the text before the target
 * would end if tokenized alone; text that spells a control token becomes one; r-IFD joins instruction and
 * input with nothing but scores the conditioned forward pass from the last occurrence of the instruction alone; a tokenizer
 * without a BOS leaves the first token of a direct pass unscored; the direct pass is cut to
 * maxLength - prompt + 1 tokens. Where that code would return 0 or NaN, a reason stands here.
 */
export const REFERENCE_DEFINITION: Definition = {
  name: 'reference',
  version: 'reference-1',
  tokenize: { addSpecial: true, parseSpecial: true },

  texts(metric, sample, settings) {
    const { context, whole, before } = pieces(sample, metric, settings);
    return [context, whole, context + whole, before];
  },

  plan(metric, ids, { maxLength }) {
    const [context, whole, joined, before] = ids as [Int32Array, Int32Array, Int32Array, Int32Array];
    const tooLong = metric === 'ifd' ? 'prompt_too_long' : 'reverse_prompt_too_long';
    const otherwise = (prefix: Int32Array) => (prefix.length >= maxLength ? tooLong : 'no_target_tokens');
    const directLimit = maxLength - Math.min(context.length, maxLength) + 1;
    return {
      conditioned: planSpan(joined, before.length, maxLength, otherwise(before)),
      direct: planSpan(whole, 0, directLimit, otherwise(context)),
    };
  },
};

interface Pieces {
  readonly context: string;
  /** The text of the direct forward pass, which also ends the conditioned one. */
  readonly whole: string;
  /** The conditioned text up to its target. */
  readonly before: string;
}

function pieces(sample: Sample, metric: Metric, { template }: SpanSettings): Pieces {
  if (metric === 'ifd') {
    const context = renderPrompt(template, sample);
    return { context, whole: sample.output, before: context };
  }
  const context = renderReversePrompt(template, sample.output);
  const whole = sample.instruction + sample.input;
  const text = context + whole;
  return { context, whole, before: text.slice(0, text.lastIndexOf(sample.instruction)) };
}

/** Scores ids[start..limit), never the first token: nothing predicts it. */
function planSpan(ids: Int32Array, start: number, limit: number, otherwise: UnscorableReason): SpanPlan {
  const tokens = ids.subarray(0, limit);
  const begin = Math.max(1, start);
  if (begin >= tokens.length) return unscorable(otherwise);
  return { kind: 'span', tokens, begin, end: tokens.length, truncated: tokens.length < ids.length };
}
