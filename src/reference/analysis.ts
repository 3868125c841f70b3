import type { Spans } from '../domain/score.js';
import { loss, SPAN_NAMES, type SpanName } from '../domain/span-score.js';

/** The four passes' results as the research code stores them: NaN where a span has no score, 0 where a pass failed. */
export interface Analysis {
  readonly ppl: Readonly<Record<SpanName, number>>;
  /** In nats per token. */
  readonly loss: Readonly<Record<SpanName, number>>;
}

/** The twelve fields an analysis adds to its record, in the order they are written. */
export type AnalysisFields = Readonly<
  Record<`${'ppl' | 'loss'}_${SpanName}` | `${'ifd' | 'rifd'}_${'ppl' | 'loss'}`, number>
>;

/**
 * An analysis with its ratios. Where either direct value of a form is 0, both ratios of that form are 0: the
 * research code answers a division by zero so.
 */
export function analysisFields({ ppl, loss: losses }: Analysis): AnalysisFields {
  return { ...fieldsOf('ppl', ppl), ...fieldsOf('loss', losses) } as AnalysisFields;
}

/** Names of the twelve fields, in order. */
export const ANALYSIS_FIELDS: readonly string[] = Object.keys(analysisFields(analysisOfSpans({})));

/** Our scores in the research code's precision: float32 losses, and float32 perplexities of those. */
export function analysisOfSpans(spans: Spans): Analysis {
  const losses = perSpan((name) => (spans[name] === undefined ? Number.NaN : Math.fround(loss(spans[name]))));
  return { ppl: perSpan((name) => Math.fround(Math.exp(losses[name]))), loss: losses };
}

/** A value for each span, in the research code's order. */
export function perSpan(numberFor: (name: SpanName, index: number) => number): Record<SpanName, number> {
  const entries = SPAN_NAMES.map((name, index) => [name, numberFor(name, index)]);
  return Object.fromEntries(entries) as Record<SpanName, number>;
}

function fieldsOf(form: 'ppl' | 'loss', values: Readonly<Record<SpanName, number>>): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const name of SPAN_NAMES) fields[`${form}_${name}`] = values[name];
  const isDivisible = values.A_direct !== 0 && values.Q_direct !== 0;
  fields[`ifd_${form}`] = isDivisible ? values.A_condition / values.A_direct : 0;
  fields[`rifd_${form}`] = isDivisible ? values.Q_condition / values.Q_direct : 0;
  return fields;
}
